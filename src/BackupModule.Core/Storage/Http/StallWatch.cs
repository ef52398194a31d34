using System;
using System.Threading;

namespace BackupModule.Core.Storage.Http;

/// <summary>Cancels what has not moved for too long. It stands still until it is started.</summary>
/// <param name="limit">How long nothing may move.</param>
/// <param name="cancellationToken">Cancels too.</param>
internal sealed class StallWatch(TimeSpan limit, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    /// <summary>Is cancelled when nothing has moved for too long.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Starts the watch from zero: something moved.</summary>
    public void Restart() => _source.CancelAfter(limit);

    /// <summary>Stops the watch while waiting is on purpose.</summary>
    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Has a caller's cancellation cancel as well, until what is returned is disposed.</summary>
    public CancellationTokenRegistration Follow(CancellationToken caller) =>
        caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
