using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>Looks at the databases as they stood at the moment of a dump, over connections of its own.</summary>
/// <remarks>Nothing lets a program's transaction be shared, and a lock that held all writers for a moment would wait for the
/// longest query first. So one snapshot is taken before the dump begins and one after: where nobody has written in between, one
/// of them has the dump's position in the binary log, and so sees what the dump sees. Else no fingerprint is taken.</remarks>
internal sealed class DumpMoment(MySqlServer server, IBackupObserver observer) : IAsyncDisposable
{
    private readonly List<(MySqlSession Session, MySqlFingerprint Fingerprint, (string File, long Position)? Position)> _views = [];
    private MySqlFingerprint? _fitting;

    /// <summary>A moment by the server's clock: everything in the dump was committed until then.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>Takes the first snapshot.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => AddAsync(cancellationToken);

    /// <summary>Told when the dump's own transaction has begun.</summary>
    /// <param name="session">Reads the server's clock.</param>
    /// <param name="position">The dump's position in the binary log; null where it names none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task OnDumpBegunAsync(
        MySqlSession session, (string File, long Position)? position, CancellationToken cancellationToken)
    {
        At = await session.ReadClockAsync(cancellationToken).ConfigureAwait(false);
        if (position is null)
        {
            return;
        }

        await AddAsync(cancellationToken).ConfigureAwait(false);
        _fitting = _views.Find(view => view.Position == position).Fingerprint;
    }

    /// <summary>What the databases hold; empty where no snapshot is known to be the dump's.</summary>
    public async Task<IReadOnlyList<DatabaseFingerprint>> TakeFingerprintsAsync(
        IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        if (_fitting is not null)
        {
            return await _fitting.TakeAsync(databases, cancellationToken).ConfigureAwait(false);
        }

        observer.OnDecision(
            "No fingerprint was taken: others wrote while the dump began, or the server does not say at which position of its "
            + "binary log a transaction stands.");
        return [];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach ((MySqlSession session, _, _) in _views)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AddAsync(CancellationToken cancellationToken)
    {
        MySqlSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        MySqlFingerprint fingerprint = new(session);
        _views.Add((session, fingerprint, null));
        _views[^1] = (session, fingerprint, await fingerprint.BeginAsync(cancellationToken).ConfigureAwait(false));
    }
}
