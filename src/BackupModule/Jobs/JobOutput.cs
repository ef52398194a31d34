using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using BackupModule.Views;

namespace BackupModule.Jobs;

/// <summary>Fills the streams of a job, until it is disposed. May be called from any thread.</summary>
internal sealed class JobOutput : IWorkOutput, IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);

    private readonly Job _job;
    private readonly ProgressMeter _meter = new(TimeProvider.System);
    private readonly PeriodicTimer _timer = new(s_tick, TimeProvider.System);
    private readonly Task _showing;

    public JobOutput(Job job)
    {
        _job = job;
        _showing = Task.Run(ShowProgressAsync);
    }

    /// <summary>What the work is at, on one line; empty while it has not said so.</summary>
    public string Status { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public Task WriteAsync(object output)
    {
        _job.Output.Add(PSObject.AsPSObject(output));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public bool WantsTotals => true;

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress) => _meter.Report(progress);

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure) => Fail(failure);

    /// <inheritdoc/>
    public void OnWarning(string message) => _job.Warning.Add(new WarningRecord(message));

    /// <inheritdoc/>
    public void OnDecision(string message) => _job.Verbose.Add(new VerboseRecord(message));

    /// <summary>Adds the record of a failure.</summary>
    public void Fail(Exception failure) => _job.Error.Add(ErrorRecords.From(failure));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _showing.ConfigureAwait(false);
        Status = string.Empty;
        Show(_meter.TakeCompletion());
    }

    private async Task ShowProgressAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            if (_meter.TakeRecord() is { } record)
            {
                Status = Describe(record);
                Show(record);
            }
        }
    }

    // A job may run for days before anybody looks: only the newest record is worth keeping.
    private void Show(ProgressRecord? record)
    {
        if (record is not null)
        {
            _job.Progress.Clear();
            _job.Progress.Add(record);
        }
    }

    private static string Describe(ProgressRecord record)
    {
        string left = record.SecondsRemaining >= 0
            ? $", {HumanText.Duration(TimeSpan.FromSeconds(record.SecondsRemaining))} left"
            : string.Empty;
        return $"{record.Activity}: {record.StatusDescription}{left}";
    }
}
