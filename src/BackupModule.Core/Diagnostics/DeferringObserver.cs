using System;
using System.Collections.Generic;
using System.Threading;

namespace BackupModule.Core.Diagnostics;

/// <summary>
/// Holds back what a run has to say until it is known to count: a run that began while its lock settled may have to begin
/// again, and nobody should read its messages twice. Progress is passed on at once.
/// </summary>
internal sealed class DeferringObserver(IBackupObserver inner) : IBackupObserver
{
    private readonly Lock _gate = new();
    private readonly List<Action<IBackupObserver>> _deferred = [];
    private volatile bool _isReleased;

    /// <inheritdoc/>
    public bool WantsTotals => inner.WantsTotals;

    /// <summary>Passes on what was held back, in its order, and from then on everything at once.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (Action<IBackupObserver> message in _deferred)
            {
                message(inner);
            }

            _deferred.Clear();
            _isReleased = true;
        }
    }

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress) => inner.OnProgress(progress);

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure) => Say(observer => observer.OnItemFailed(failure));

    /// <inheritdoc/>
    public void OnWarning(string message) => Say(observer => observer.OnWarning(message));

    /// <inheritdoc/>
    public void OnDecision(string message) => Say(observer => observer.OnDecision(message));

    private void Say(Action<IBackupObserver> message)
    {
        if (!_isReleased)
        {
            lock (_gate)
            {
                if (!_isReleased)
                {
                    _deferred.Add(message);
                    return;
                }
            }
        }

        message(inner);
    }
}
