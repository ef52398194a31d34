using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Fingerprinting;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>
/// Says what a running server's databases hold at a place in its log, so that a copy that is recovered to the place can be
/// compared exactly.
/// </summary>
/// <remarks>
/// A session's snapshot is no place in the log by itself. So sessions of all databases take snapshots, a message is committed
/// to the log after them, and the log is read up to there: mostly there is a place that all snapshots stand at
/// (<see cref="SnapshotPosition"/>); if not, others are taken. The sessions then count at leisure. Transactions that were
/// running before the part of the log that is read are looked at again in the end: had one committed before it and only
/// waited to end, the place would be wrong.
/// </remarks>
internal sealed class StateFingerprinter(DatabaseAccess access, IBackupObserver observer)
{
    // Each holds a connection of the server meanwhile.
    private const int MaxDatabases = 16;
    private const int MaxAttempts = 50;

    private const string StateQuery = "SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names')";
    private const string Mark = "SELECT pg_logical_emit_message(true, 'backupmodule', 'fingerprint')";

    private static readonly TimeSpan s_timeOfSearch = TimeSpan.FromSeconds(30);

    private static readonly FingerprintLimits s_limits = new()
    {
        TimeOfTable = TimeSpan.FromMinutes(1),
        TimeOfAll = TimeSpan.FromMinutes(5),
    };

    private readonly PostgresConnector _connector = new(access);

    /// <summary>Why there is no state; null where there is one.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Takes the state of about now.</summary>
    /// <param name="tail">The log after the base backup.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The state; null where it could not be had, see <see cref="WhyNot"/>: the backup is as good without it.</returns>
    public async Task<ServerState?> TakeAsync(LogTail tail, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlConnection connection = await _connector
                .OpenAsync(_connector.MainDatabase, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await TakeAsync(connection, tail, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is BackupException or NpgsqlException or TimeoutException or InvalidDataException)
        {
            return GiveUp((failure as PostgresException)?.MessageText ?? failure.Message.TrimEnd('.'));
        }
    }

    private async Task<ServerState?> TakeAsync(NpgsqlConnection connection, LogTail tail, CancellationToken cancellationToken)
    {
        (bool isStandby, string standbys) = (await SqlCommands.ReadAsync(
            connection, StateQuery, static row => (row.GetBoolean(0), row.GetString(1)), cancellationToken).ConfigureAwait(false))[0];
        if (isStandby)
        {
            return GiveUp("the server is a standby, which cannot mark its log");
        }

        IReadOnlyList<string> databases = await ListAsync(connection, cancellationToken).ConfigureAwait(false);
        await SqlCommands.ExecuteAsync(
            connection, "SET synchronous_commit = local; SET default_transaction_read_only = off", cancellationToken).ConfigureAwait(false);

        // All transactions with a number above this one began, and are committed, after the base backup.
        ulong first = ulong.Parse(
            await AskAsync(connection, "SELECT pg_current_xact_id()::text", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        using CancellationTokenSource limit = new(s_timeOfSearch, access.Time);
        using CancellationTokenSource search = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Sessions? sessions;
        try
        {
            sessions = await FindAsync(connection, databases, tail, search.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            sessions = null;
        }

        if (sessions is null)
        {
            return GiveUp("too much was written meanwhile");
        }

        await using (sessions.ConfigureAwait(false))
        {
            await tail.EndAsync().ConfigureAwait(false);
            List<DatabaseFingerprint> fingerprints = [];
            foreach (DatabaseSnapshot snapshot in sessions.Snapshots)
            {
                fingerprints.Add(await FingerprintAsync(snapshot, cancellationToken).ConfigureAwait(false));
            }

            HashSet<uint> logged = [.. tail.Commits.Select(static commit => commit.TransactionId!.Value)];
            ulong[] unsettled =
            [
                .. sessions.Transactions.SelectMany(static item => item.Running).Distinct()
                    .Where(transaction => transaction < first && !logged.Contains((uint)transaction)),
            ];
            return await AreSettledAsync(connection, unsettled, standbys.Length > 0, cancellationToken).ConfigureAwait(false)
                ? new ServerState(sessions.Position, sessions.Snapshots.Min(static item => item.TakenAt), fingerprints)
                : GiveUp("a transaction ran on while the backup ended, and was committed since");
        }
    }

    // The largest ones where there are too many.
    private async Task<IReadOnlyList<string>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> databases = await SqlCommands.ReadAsync(
            connection,
            """
            SELECT datname::text FROM pg_catalog.pg_database
            WHERE datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT') ORDER BY pg_database_size(oid) DESC
            """,
            static row => row.GetString(0),
            cancellationToken).ConfigureAwait(false);
        if (databases.Count > MaxDatabases)
        {
            observer.OnDecision(
                $"Of the {databases.Count} databases of '{access.Definition.Name}', the {MaxDatabases} largest have fingerprints.");
        }

        return [.. databases.Take(MaxDatabases)];
    }

    private async Task<Sessions?> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<string> databases, LogTail tail, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            Sessions sessions = await Sessions.OpenAsync(_connector, databases, cancellationToken).ConfigureAwait(false);
            try
            {
                await SqlCommands.ExecuteAsync(connection, Mark, cancellationToken).ConfigureAwait(false);
                Lsn marked = Lsn.Parse(
                    await AskAsync(connection, "SELECT pg_current_wal_flush_lsn()::text", cancellationToken).ConfigureAwait(false));
                if (!await tail.ReadToAsync(marked, cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                if (SnapshotPosition.Find(tail.Commits, sessions.Transactions) is { } position)
                {
                    observer.OnDecision(string.Create(
                        CultureInfo.InvariantCulture,
                        $"The fingerprint of '{access.Definition.Name}' stands for {position}, found in {attempt} tries."));
                    sessions.Position = position;
                    (Sessions found, sessions) = (sessions, Sessions.None);
                    return found;
                }
            }
            finally
            {
                await sessions.DisposeAsync().ConfigureAwait(false);
            }
        }

        return null;
    }

    private async Task<DatabaseFingerprint> FingerprintAsync(DatabaseSnapshot snapshot, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _connector
            .OpenAsync(snapshot.Connection.Database, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await new PostgresFingerprinter(access.Time, s_limits)
                .TakeAsync(connection, snapshot.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    // One that still runs has not committed, unless it waits for a standby to have its commit.
    private static async Task<bool> AreSettledAsync(
        NpgsqlConnection connection, ulong[] transactions, bool mayWait, CancellationToken cancellationToken)
    {
        if (transactions.Length == 0)
        {
            return true;
        }

        IReadOnlyList<string?> states = await SqlCommands.ReadAsync(
            connection,
            "SELECT pg_xact_status(t::xid8) FROM unnest($1) t",
            static row => row.Text(0),
            cancellationToken,
            (object)transactions.Select(static transaction => transaction.ToString(CultureInfo.InvariantCulture)).ToArray())
            .ConfigureAwait(false);
        return states.All(state => state == "aborted" || (state == "in progress" && !mayWait));
    }

    private static async Task<TransactionSnapshot> ReadSnapshotAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken) => TransactionSnapshot.Parse(
            await AskAsync(connection, "SELECT pg_current_snapshot()::text", cancellationToken).ConfigureAwait(false));

    private static async Task<string> AskAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken) =>
        (await SqlCommands.ReadAsync(connection, query, static row => row.GetString(0), cancellationToken).ConfigureAwait(false))[0];

    private ServerState? GiveUp(string why)
    {
        WhyNot = why;
        observer.OnDecision($"The backup of '{access.Definition.Name}' has no fingerprint to compare restored copies with: {why}.");
        return null;
    }

    /// <summary>Sessions of all databases that stand still.</summary>
    private sealed class Sessions(IReadOnlyList<DatabaseSnapshot> snapshots, IReadOnlyList<TransactionSnapshot> transactions)
        : IAsyncDisposable
    {
        public static Sessions None { get; } = new([], []);

        public IReadOnlyList<DatabaseSnapshot> Snapshots { get; } = snapshots;

        public IReadOnlyList<TransactionSnapshot> Transactions { get; } = transactions;

        public Lsn Position { get; set; }

        // Connected first, then all at once: the nearer their snapshots are to each other, the better.
        public static async Task<Sessions> OpenAsync(
            PostgresConnector connector, IReadOnlyList<string> databases, CancellationToken cancellationToken)
        {
            List<NpgsqlConnection> connections = [];
            try
            {
                foreach (string database in databases)
                {
                    connections.Add(await connector.OpenAsync(database, cancellationToken).ConfigureAwait(false));
                }

                DatabaseSnapshot[] snapshots = await Task.WhenAll(
                    connections.Select(connection => DatabaseSnapshot.TakeAsync(connection, cancellationToken))).ConfigureAwait(false);
                TransactionSnapshot[] transactions = await Task.WhenAll(
                    connections.Select(connection => ReadSnapshotAsync(connection, cancellationToken))).ConfigureAwait(false);
                return new Sessions(snapshots, transactions);
            }
            catch
            {
                foreach (NpgsqlConnection connection in connections)
                {
                    await connection.DisposeAsync().ConfigureAwait(false);
                }

                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (DatabaseSnapshot snapshot in Snapshots)
            {
                await snapshot.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
