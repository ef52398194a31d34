using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>Decides whether a run backs a database up whole, or what changed since a full backup that the repository has. It is
/// the changes only where the server itself says that they stand on that very backup; all else is a full backup, and told.
/// </summary>
internal sealed class DifferentialChooser
{
    // Runs of a schedule do not begin at the same second: a week's full backup is not to wait for the eighth day.
    private const int SlackShare = 10;
    private static readonly TimeSpan s_mostSlack = TimeSpan.FromHours(1);

    private readonly SqlServerSession _session;
    private readonly DatabaseAccess _access;
    private readonly ServerInspection _server;
    private readonly EarlierBackup? _earlier;
    private readonly IBackupObserver _observer;

    private DifferentialChooser(
        SqlServerSession session,
        DatabaseAccess access,
        ServerInspection server,
        EarlierBackup? earlier,
        IBackupObserver observer)
    {
        _session = session;
        _access = access;
        _server = server;
        _earlier = earlier;
        _observer = observer;
    }

    /// <summary>Looks up what the repository has.</summary>
    public static async Task<DifferentialChooser> MakeAsync(
        SqlServerSession session,
        DatabaseAccess access,
        ServerInspection server,
        IBackupObserver observer,
        CancellationToken cancellationToken) => new(
            session,
            access,
            server,
            access is { Definition.FullEvery: not null, Earlier: { } earlier }
                ? await earlier.FindAsync(access.Definition.Name, cancellationToken).ConfigureAwait(false)
                : null,
            observer);

    /// <summary>The full backup that the run's backup of a database stands on; null for a full one.</summary>
    /// <param name="database">The database.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<DifferentialBasis?> FindBasisAsync(
        DatabaseProfile database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_access.Definition.FullEvery is not { } every)
        {
            return null;
        }

        SqlServerDatabaseFacts? full = _earlier?.Facts.SqlServer?.Databases
            .FirstOrDefault(facts => facts.Set.Database == database.Name);
        StoredContent? content = full is null ? null : _earlier!.Files.GetValueOrDefault(full.File);
        string? reason = Review(database, full, content, now, every)
            ?? await AskAsync(database, full!, cancellationToken).ConfigureAwait(false);
        if (reason is not null)
        {
            TellFull(database, reason);
            return null;
        }

        _observer.OnDecision(string.Create(
            CultureInfo.InvariantCulture,
            $"Of '{database.Name}', what changed since the full backup of {full!.Set.StartedAt:yyyy-MM-dd HH:mm:ss zzz} is backed up."));
        return new DifferentialBasis(full, content!);
    }

    /// <summary>Tells why a database is backed up whole.</summary>
    public void TellFull(DatabaseProfile database, string reason) =>
        _observer.OnDecision($"A full backup of '{database.Name}' is made: {reason}.");

    /// <summary>What the repository says against a differential backup; null for nothing.</summary>
    private string? Review(
        DatabaseProfile database, SqlServerDatabaseFacts? full, StoredContent? content, DateTimeOffset now, TimeSpan every) =>
        _access.Earlier is null ? "a full backup was asked for"
        : full is null ? "the repository has no earlier one"
        : _server.MakesForeignDifferentials(database) ? "another tool makes differential backups of it"
        : full.Set.IsCopyOnly ? "the earlier one is copy-only, which the server does not base changes on"
        : Version.Parse(_earlier!.Facts.ServerVersion).Major != _server.Profile.Version.Major ? "the server has another version now"
        : content is null || content.Length != full.Length ? "the repository does not have all of the earlier one"
        : now - full.Set.StartedAt >= every - Slack(every) ? string.Create(
            CultureInfo.InvariantCulture, $"the last one is of {full.Set.StartedAt:yyyy-MM-dd HH:mm:ss zzz}")
        : null;

    /// <summary>What the server says against a differential backup; null for nothing.</summary>
    private async Task<string?> AskAsync(
        DatabaseProfile database, SqlServerDatabaseFacts full, CancellationToken cancellationToken)
    {
        DifferentialBase server;
        try
        {
            server = await DifferentialBase.ReadAsync(_session, database.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return $"the server does not say what its changes stand on ({failure.Message})";
        }

        string? reason = server.Id is null ? "the server names no backup that all of its changes stand on"
            : server.Id != full.Set.Id ? "somebody has made a full backup since the one in the repository"
            : server.ForkId != full.Set.ForkId ? "it was restored since the last one"
            : server.FileAddedAt > full.Set.Last ? "files were added to it since the last one"
            : null;
        if (reason is not null)
        {
            return reason;
        }

        // Changes since one base only ever grow.
        long? changed = await DifferentialBase
            .ReadChangedBytesAsync(_session, _server.Profile, database.Name, cancellationToken).ConfigureAwait(false)
            ?? full.Differential?.Length;
        return changed > full.Length / 2 ? "more than half of it has changed since the last one" : null;
    }

    private static TimeSpan Slack(TimeSpan every) => every / SlackShare < s_mostSlack ? every / SlackShare : s_mostSlack;
}

/// <summary>A full backup of an earlier run that a differential one stands on.</summary>
/// <param name="Full">What the earlier manifest says of the database.</param>
/// <param name="Content">The full backup's file.</param>
internal sealed record DifferentialBasis(SqlServerDatabaseFacts Full, StoredContent Content);
