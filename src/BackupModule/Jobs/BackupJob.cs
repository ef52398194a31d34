using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Jobs;

/// <summary>
/// Work of a cmdlet in the background of this process, for <c>Get-Job</c>, <c>Wait-Job</c>, <c>Receive-Job</c>,
/// <c>Stop-Job</c> and <c>Remove-Job</c>. Everything that must be asked was asked before it starts.
/// </summary>
/// <remarks>
/// It fails if its work does; items among many that failed are errors in its stream and leave it <c>Completed</c>.
/// Stopping waits until the work has ended, and so has released its locks.
/// </remarks>
public sealed class BackupJob : Job
{
    private const string TypeName = "BackupJob";

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Work> _work;
    private readonly bool _goesOn;
    private JobOutput? _output;
    private Task _running = Task.CompletedTask;
    private volatile bool _hasEnded;

    /// <summary>A job that has not started.</summary>
    /// <param name="command">The command line that made it.</param>
    /// <param name="work">What it does, one after the other.</param>
    /// <param name="goesOn">True if a failure that concerns one piece of the work leaves the others to be done.</param>
    internal BackupJob(string command, IReadOnlyList<Work> work, bool goesOn)
        : base(command)
    {
        _work = work;
        _goesOn = goesOn;
        PSJobTypeName = TypeName;
    }

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.Count > 0 || Error.Count > 0 || Warning.Count > 0 || Verbose.Count > 0;

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>What the work is at, on one line; empty where there is nothing to say.</summary>
    public override string StatusMessage => _output?.Status ?? string.Empty;

    /// <inheritdoc/>
    public override void StopJob()
    {
        // Whoever hears of the end may dispose the job there and then, on the thread that ends it.
        if (!_hasEnded && !_running.IsCompleted)
        {
            _ = _stop.CancelAsync();
            PipelineBridge.WaitFor(_running);
        }
    }

    /// <summary>Starts the work.</summary>
    internal void Start()
    {
        SetJobState(JobState.Running);
        _output = new JobOutput(this);
        _running = Task.Run(() => RunAsync(_output));
        RunningJobs.Add(this, _running);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task RunAsync(JobOutput output)
    {
        JobState end = JobState.Completed;
        try
        {
            foreach (Work work in _work)
            {
                await RunOneAsync(work, output).ConfigureAwait(false);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            end = JobState.Stopped;
        }
        catch (Exception failure)
        {
            output.Fail(failure);
            end = JobState.Failed;
        }

        await output.DisposeAsync().ConfigureAwait(false);
        _hasEnded = true;
        SetJobState(end);
    }

    private async Task RunOneAsync(Work work, JobOutput output)
    {
        try
        {
            await work(output, _stop.Token).ConfigureAwait(false);
        }
        catch (BackupException failure) when (_goesOn && ErrorRecords.IsAboutOneItem(failure))
        {
            output.OnItemFailed(failure);
        }
    }
}
