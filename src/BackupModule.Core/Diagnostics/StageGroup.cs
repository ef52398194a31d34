using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Diagnostics;

/// <summary>
/// The stages of a pipeline, running at the same time. When one fails, or the caller cancels, all others are cancelled;
/// nothing is left running when <see cref="CompleteAsync"/> has returned.
/// </summary>
public sealed class StageGroup : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _callerToken;
    private readonly List<Task> _stages = [];
    private ExceptionDispatchInfo? _firstFailure;

    /// <summary>A group that stops when the token is cancelled.</summary>
    public StageGroup(CancellationToken cancellationToken)
    {
        _callerToken = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Cancelled when any stage has failed or the caller cancels.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Starts a stage.</summary>
    /// <param name="stage">The work of one worker.</param>
    /// <param name="workers">How many run it at the same time.</param>
    /// <param name="onCompleted">Called once when the last worker has succeeded; closes the channel to the next stage.
    /// </param>
    public void Run(Func<CancellationToken, Task> stage, int workers = 1, Action? onCompleted = null) =>
        _stages.Add(RunWorkersAsync(stage, workers, onCompleted));

    /// <summary>Waits for all stages.</summary>
    /// <exception cref="Exception">The failure of the stage that failed first.</exception>
    public async Task CompleteAsync()
    {
        await Task.WhenAll(_stages).ConfigureAwait(false);
        _firstFailure?.Throw();
        _callerToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task RunWorkersAsync(Func<CancellationToken, Task> stage, int workers, Action? onCompleted)
    {
        Task<bool>[] running = new Task<bool>[workers];
        for (int i = 0; i < workers; i++)
        {
            running[i] = Task.Run(() => RunOneAsync(stage));
        }

        bool[] succeeded = await Task.WhenAll(running).ConfigureAwait(false);
        if (Array.TrueForAll(succeeded, static ok => ok))
        {
            onCompleted?.Invoke();
        }
    }

    private async Task<bool> RunOneAsync(Func<CancellationToken, Task> stage)
    {
        try
        {
            await stage(Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            // A cancellation that we caused ourselves is a consequence, not the failure.
            if (failure is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref _firstFailure, ExceptionDispatchInfo.Capture(failure), null);
            }

            await _stop.CancelAsync().ConfigureAwait(false);
            return false;
        }
    }
}
