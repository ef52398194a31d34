using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>
/// Makes backups of a log out of its pieces: snapshots of the kind <c>log</c>, whose files stock restic can restore. A piece is
/// removed when the snapshot that holds its file is durable, and not before.
/// </summary>
internal sealed class LogArchiver(
    Repository repository, ISourceFileSystem source, string policyName, TimeProvider time, IBackupObserver observer)
{
    /// <summary>Removes the pieces that a backup of the log holds, which a process left behind that was killed between the backup
    /// and the end of their removal; and marks that a later one at the same place makes needless.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RemoveTakenAsync(DatabaseDefinition database, string sourceId, CancellationToken cancellationToken)
    {
        LogStore store = new(repository, policyName, database.Name, sourceId);
        IReadOnlyList<LogPiece> pieces = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        DatabaseHistory history = await DatabaseHistory
            .ReadAsync(repository, policyName, observer, cancellationToken).ConfigureAwait(false);
        ILookup<string, LogFile> files = history.LogsOf(database.Name, sourceId)
            .SelectMany(static log => log.Facts.Files).ToLookup(static file => file.Name, StringComparer.Ordinal);
        LogPiece[] taken = [.. pieces.Where(piece => files[piece.File].Any(file =>
            file.Start <= piece.Offset && piece.End <= file.End && piece.Until <= file.Until))
            .Union(pieces.Where(static piece => piece.Length == 0).GroupBy(static mark => (mark.File, mark.Offset))
                .SelectMany(static marks => marks.OrderBy(static mark => mark.Until).SkipLast(1)))];
        await RemoveAsync(store, taken, cancellationToken).ConfigureAwait(false);
        return taken.Length;
    }

    /// <summary>Takes the files that are complete.</summary>
    /// <param name="database">The database source.</param>
    /// <param name="sourceId">The server.</param>
    /// <param name="minimumBytes">They are taken when there are so many bytes of them,</param>
    /// <param name="maximumAge">or when the first of them has been complete for so long.</param>
    /// <param name="cancellationToken">Stops it; what was not taken stays as pieces.</param>
    /// <returns>The snapshot; null where there was too little.</returns>
    public async Task<Snapshot?> ArchiveAsync(
        DatabaseDefinition database,
        string sourceId,
        long minimumBytes,
        TimeSpan maximumAge,
        CancellationToken cancellationToken)
    {
        LogStore store = new(repository, policyName, database.Name, sourceId);
        IReadOnlyList<LogPiece> pieces = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        IGrouping<string, LogPiece>[] files = [.. FindComplete(pieces)];
        DateTimeOffset now = time.GetLocalNow();
        if (files.Length == 0
            || (files.Sum(static file => file.Max(static piece => piece.End)) < minimumBytes
                && now - files.Min(static file => file.Max(static piece => piece.Until)) < maximumAge))
        {
            return null;
        }

        BackupManifest manifest = new()
        {
            PolicyName = policyName,
            Kind = BackupKind.Log,
            RunId = $"log-{now.ToUnixTimeMilliseconds():x}",
            HostName = MachineIdentity.Current.HostName,
            Log = new LogFacts(
                database.Name,
                database.Engine,
                sourceId,
                LogCoverageBuilder.Build([], files.SelectMany(static file => file)).Files),
        };
        BackupResult result = await new BackupRunner(repository, source, time, observer).RunAsync(
            new BackupOptions
            {
                Paths = [],
                Generated = [new GeneratedFile(BackupManifest.FileName, manifest.Encode())],
                Streams = [new StoredPieces(database.Name, store, files)],
                Tags = [BackupTags.OfPolicy(policyName), BackupTags.OfKind(BackupKind.Log)],
            },
            cancellationToken).ConfigureAwait(false);
        await RemoveAsync(store, files.SelectMany(static file => file), cancellationToken).ConfigureAwait(false);
        return result.Snapshot;
    }

    private static async Task RemoveAsync(LogStore store, IEnumerable<LogPiece> pieces, CancellationToken cancellationToken)
    {
        foreach (LogPiece piece in pieces)
        {
            await store.RemoveAsync(piece, cancellationToken).ConfigureAwait(false);
        }
    }

    // A file is complete when a later one has begun; marks belong to the file that they were made in, and the last file of
    // each timeline or server stays as pieces until there is a later one. Files whose start is missing stay, too.
    private static IEnumerable<IGrouping<string, LogPiece>> FindComplete(IReadOnlyList<LogPiece> pieces)
    {
        string? last = pieces.Where(static piece => !piece.File.EndsWith(".history", StringComparison.Ordinal))
            .Select(static piece => piece.File).LastOrDefault();
        return pieces.GroupBy(static piece => piece.File, StringComparer.Ordinal)
            .Where(file => string.CompareOrdinal(file.Key, last) < 0 && file.Min(static piece => piece.Offset) == 0
                && HasNoHole(file));
    }

    // What lies behind a hole would be lost with its pieces.
    private static bool HasNoHole(IEnumerable<LogPiece> pieces) =>
        LogCoverageBuilder.FirstRun(pieces).Max(static piece => piece.End) == pieces.Max(static piece => piece.End);
}
