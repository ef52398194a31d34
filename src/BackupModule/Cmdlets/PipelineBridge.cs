using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Cmdlets;

/// <summary>
/// The one bridge between engine work on other threads and the pipeline thread, which alone may write and ask. Work
/// posts messages; <see cref="Run"/> delivers them on the pipeline thread, in order, until the work has ended.
/// </summary>
/// <remarks>
/// <see cref="Run"/> never returns or throws before the work has ended: when the pipeline stops, it cancels the work
/// and waits for it. Work never continues on the pipeline thread. As an observer it may be called from any thread.
/// </remarks>
internal sealed class PipelineBridge : IWorkOutput, IDisposable
{
    // Work that is faster than what stands behind it in the pipeline waits, rather than filling the memory.
    private const int LargestBacklog = 256;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);

    private readonly PSCmdlet _cmdlet;
    private readonly CancellationTokenSource _stop;
    private readonly ProgressMeter? _progress;
    private readonly Queue<Action> _messages = new();
    private readonly SemaphoreSlim _room = new(LargestBacklog);

    /// <summary>A bridge to the cmdlet's pipeline.</summary>
    /// <param name="cmdlet">The running cmdlet.</param>
    /// <param name="stop">Cancels the work; cancelled by the cmdlet when it is stopped.</param>
    /// <param name="showsProgress">False to drop progress.</param>
    public PipelineBridge(PSCmdlet cmdlet, CancellationTokenSource stop, bool showsProgress)
    {
        _cmdlet = cmdlet;
        _stop = stop;
        _progress = showsProgress ? new ProgressMeter(TimeProvider.System) : null;
    }

    /// <summary>Runs work on the thread pool and delivers its messages until it has ended.</summary>
    /// <returns>What the work threw; null if it succeeded.</returns>
    public Exception? Run(Func<CancellationToken, Task> work)
    {
        Task worker = Task.Run(() => work(_stop.Token), CancellationToken.None);
        worker.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            Deliver(worker);
        }
        catch
        {
            // The pipeline ends, or a preference turned a message into the end of the command.
            _ = _stop.CancelAsync();
            throw;
        }
        finally
        {
            WaitFor(worker);
        }

        return worker.IsCanceled
            ? new OperationCanceledException()
            : worker.Exception?.InnerException;
    }

    /// <summary>Writes an object to the pipeline; waits while the pipeline is far behind.</summary>
    public Task WriteAsync(object output) => WriteAsync(output, enumerate: false);

    /// <summary>Writes an object to the pipeline, or what is in it one by one; waits while the pipeline is far behind.
    /// </summary>
    public async Task WriteAsync(object output, bool enumerate)
    {
        await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
        Post(() =>
        {
            _room.Release();
            _cmdlet.WriteObject(output, enumerate);
        });
    }

    /// <summary>Runs a function on the pipeline thread.</summary>
    public Task<T> InvokeAsync<T>(Func<T> function)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(function());
            }
            catch (Exception failure)
            {
                answer.SetException(failure);
            }
        });
        return answer.Task.WaitAsync(_stop.Token);
    }

    /// <summary>Asks whether a change may be made (<c>-WhatIf</c>, <c>-Confirm</c>).</summary>
    /// <param name="target">What is changed.</param>
    /// <param name="action">What is done to it.</param>
    public Task<Consent> AskAsync(string target, string action) => InvokeAsync(() =>
    {
        string description = $"Performing the operation \"{action}\" on target \"{target}\".";
        string question = $"{action}: {target}. Are you sure?";
        return _cmdlet.ShouldProcess(description, question, "Confirm", out ShouldProcessReason reason)
            ? Consent.Given
            : reason == ShouldProcessReason.WhatIf ? Consent.PlanOnly : Consent.Declined;
    });

    /// <summary>
    /// As <see cref="AskAsync"/> in a cmdlet of high impact, for one use of a cmdlet that is otherwise harmless.
    /// </summary>
    public async Task<Consent> AskHighImpactAsync(string target, string action)
    {
        Consent consent = await AskAsync(target, action).ConfigureAwait(false);
        if (consent != Consent.Given)
        {
            return consent;
        }

        return await InvokeAsync(() =>
            _cmdlet.MyInvocation.BoundParameters.ContainsKey("Confirm")
            || _cmdlet.GetVariableValue("ConfirmPreference", ConfirmImpact.High) is not ConfirmImpact.High
            || _cmdlet.ShouldContinue($"{action}: {target}. Are you sure?", "Confirm")).ConfigureAwait(false)
            ? Consent.Given
            : Consent.Declined;
    }

    /// <summary>True if a change may be made (<c>-WhatIf</c>, <c>-Confirm</c>).</summary>
    public async Task<bool> ConfirmAsync(string target, string action) =>
        await AskAsync(target, action).ConfigureAwait(false) == Consent.Given;

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    /// <inheritdoc/>
    public bool WantsTotals => _progress is not null;

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress)
    {
        if (_progress?.Report(progress) is true)
        {
            Wake();
        }
    }

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure) => Post(() => _cmdlet.WriteError(ErrorRecords.From(failure)));

    /// <inheritdoc/>
    public void OnWarning(string message) => Post(() => _cmdlet.WriteWarning(message));

    /// <inheritdoc/>
    public void OnDecision(string message) => Post(() => _cmdlet.WriteVerbose(message));

    /// <summary>Waits for work on the thread pool, for the few places where PowerShell calls us synchronously and has
    /// no pipeline (completion).</summary>
    public static T WaitFor<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    /// <summary>Waits for the end of work, whatever it is, for the few places where PowerShell must not go on before.
    /// </summary>
    public static void WaitFor(Task work) => Task.WhenAny(work).GetAwaiter().GetResult();

    private void Post(Action message)
    {
        lock (_messages)
        {
            _messages.Enqueue(message);
            Monitor.Pulse(_messages);
        }
    }

    private void Wake()
    {
        lock (_messages)
        {
            Monitor.Pulse(_messages);
        }
    }

    private void Deliver(Task worker)
    {
        while (TakeNext(worker, out bool isOver) is var message && !isOver)
        {
            message?.Invoke();
            if (_progress?.TakeRecord() is { } record)
            {
                _cmdlet.WriteProgress(record);
            }
        }

        if (_progress?.TakeCompletion() is { } completion)
        {
            _cmdlet.WriteProgress(completion);
        }
    }

    // Null where nothing came within a tick. It is over when the work has ended and everything it posted was taken.
    private Action? TakeNext(Task worker, out bool isOver)
    {
        lock (_messages)
        {
            if (_messages.Count == 0 && !worker.IsCompleted)
            {
                Monitor.Wait(_messages, s_tick);
            }

            bool hasEnded = worker.IsCompleted;
            bool hasMessage = _messages.TryDequeue(out Action? message);
            isOver = hasEnded && !hasMessage;
            return message;
        }
    }
}
