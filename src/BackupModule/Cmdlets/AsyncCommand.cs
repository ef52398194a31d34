using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Jobs;

namespace BackupModule.Cmdlets;

/// <summary>
/// A cmdlet whose work is asynchronous. The three methods run on the thread pool; what they write and ask goes through
/// <see cref="Pipeline"/>. A <see cref="BackupException"/> that leaves them becomes the command's error.
/// </summary>
public abstract class AsyncCommand : PSCmdlet, IDynamicParameters, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly JobParameters _jobParameters = new();
    private readonly List<Work> _jobWork = [];
    private PipelineBridge? _pipeline;

    /// <summary>The way to the pipeline thread; the observer for engine runs.</summary>
    private protected PipelineBridge Pipeline =>
        _pipeline ??= new PipelineBridge(this, _stop, HostFacts.IsInteractive(Host));

    /// <summary>The clock.</summary>
    private protected static TimeProvider Clock => TimeProvider.System;

    /// <summary>True for a cmdlet whose work may take long: it has <c>-AsJob</c>.</summary>
    private protected virtual bool CanBeJob => false;

    /// <summary>True if the work is to be a job.</summary>
    private protected bool IsJob => _jobParameters.AsJob;

    /// <inheritdoc/>
    public object? GetDynamicParameters() => CanBeJob ? _jobParameters : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the command holds.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _pipeline?.Dispose();
            _stop.Dispose();
        }
    }

    /// <summary>Runs once, before any input.</summary>
    protected virtual Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs for each input object; once where there is no pipeline input.</summary>
    protected virtual Task ProcessAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs once, after all input.</summary>
    protected virtual Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Does work that was prepared: at once, or with <c>-AsJob</c> in the one job that the cmdlet starts after all input.
    /// The work uses neither <see cref="Pipeline"/> nor parameters that input binds.
    /// </summary>
    private protected Task DoAsync(Work work, CancellationToken cancellationToken)
    {
        if (!_jobParameters.AsJob)
        {
            return work(Pipeline, cancellationToken);
        }

        _jobWork.Add(work);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Run(BeginAsync);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Run(ProcessAsync);

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        Run(EndAsync);
        if (_jobWork.Count > 0)
        {
            BackupJob job = new(MyInvocation.Line.Trim(), _jobWork, goesOn: MyInvocation.ExpectingInput);
            JobRepository.Add(job);
            job.Start();
            WriteObject(job);
        }
    }

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The command ended at the same moment.
        }
    }

    private void Run(Func<CancellationToken, Task> work)
    {
        Exception? failure = Pipeline.Run(work);
        if (failure is null)
        {
            return;
        }

        if (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        // These came from the pipeline thread, through a question that the work asked there.
        if (failure is PipelineStoppedException or ActionPreferenceStopException)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        ErrorRecord record = ErrorRecords.From(failure);
        if (MyInvocation.ExpectingInput && ErrorRecords.IsAboutOneItem(failure))
        {
            WriteError(record);
        }
        else
        {
            ThrowTerminatingError(record);
        }
    }
}
