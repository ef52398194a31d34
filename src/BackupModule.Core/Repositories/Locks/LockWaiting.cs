using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>Waits for a lock that others hold, and says meanwhile who they are.</summary>
/// <param name="limit">How long to wait in all.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears who is waited for, every second.</param>
internal sealed class LockWaiting(TimeSpan limit, TimeProvider time, IBackupObserver observer)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private TimeSpan _pause = s_firstPause;

    /// <summary>Who was met so far.</summary>
    public LockHolders Holders { get; } = new(time);

    /// <summary>True once the time to wait is over.</summary>
    public bool IsOver => Left <= TimeSpan.Zero;

    private TimeSpan Left => limit - time.GetElapsedTime(_start);

    /// <summary>Waits until it is worth another try.</summary>
    /// <param name="refusal">Why the lock was not given.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task PauseAsync(BackupException refusal, CancellationToken cancellationToken)
    {
        TimeSpan rest = Left < _pause ? Left : _pause;
        _pause = _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        observer.OnDecision($"{refusal.Message} Trying again in {rest.TotalSeconds:0} s.");
        while (rest > TimeSpan.Zero)
        {
            observer.OnProgress(new OperationProgress(
                "Waiting for the lock",
                $"{Holders.Latest}; waited {time.GetElapsedTime(_start).TotalSeconds:0} s of {limit.TotalSeconds:0} s",
                ItemsDone: 0,
                ItemsTotal: null,
                BytesDone: 0,
                BytesTotal: null));
            TimeSpan step = rest < s_second ? rest : s_second;
            await Task.Delay(step, time, cancellationToken).ConfigureAwait(false);
            rest -= step;
        }
    }
}
