using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>Streams a dump of all wanted databases as they stood at one moment, and the server's accounts.</summary>
/// <param name="access">The source.</param>
/// <param name="server">The server.</param>
/// <param name="session">A connection to it, which the backup closes.</param>
/// <param name="databases">The databases, in order; not empty.</param>
/// <param name="observer">Hears warnings.</param>
internal sealed class MySqlDump(
    DatabaseAccess access,
    MySqlServer server,
    MySqlSession session,
    IReadOnlyList<string> databases,
    IBackupObserver observer) : IDatabaseBackup
{
    private const int ShownTables = 10;

    // From here on MySQL calls masters sources.
    private static readonly Version s_sourceWords = new(8, 0, 26);

    private DatabaseFacts? _facts;

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(access.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The databases have not been streamed.");

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        List<string> warnings = [];
        DateTimeOffset begun = await session.ReadClockAsync(cancellationToken).ConfigureAwait(false);
        await WarnOfTablesAsync(warnings, cancellationToken).ConfigureAwait(false);
        await WriteUsersAsync(writer, warnings, cancellationToken).ConfigureAwait(false);
        bool hasLog = await session.ReadVariableAsync("log_bin", cancellationToken).ConfigureAwait(false) == "ON";

        DumpMoment moment = new(server, observer);
        await using (moment.ConfigureAwait(false))
        {
            await moment.PrepareAsync(cancellationToken).ConfigureAwait(false);
            DumpSplitter dump = await DumpAsync(writer, hasLog, moment, cancellationToken).ConfigureAwait(false);
            foreach (string warning in warnings)
            {
                observer.OnWarning($"{access.Definition.Name}: {warning}");
            }

            _facts = new DatabaseFacts
            {
                Name = access.Definition.Name,
                Engine = DatabaseEngine.MySql,
                Mode = DatabaseMode.Logical,
                ServerVersion = session.Version,
                SourceId = hasLog ? await session.ReadSourceIdAsync(cancellationToken).ConfigureAwait(false) : null,
                StartedAt = begun,
                ConsistentAt = moment.At,
                Fingerprints = await moment.TakeFingerprintsAsync(databases, cancellationToken).ConfigureAwait(false),
                Warnings = warnings,
                MySql = new MySqlFacts(
                    session.IsMariaDb, dump.LogPosition?.File, dump.LogPosition?.Position ?? 0, dump.Gtid, dump.Sections),
            };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<DumpSplitter> DumpAsync(
        IFolderWriter writer, bool hasLog, DumpMoment moment, CancellationToken cancellationToken)
    {
        using PrivateFolder folder = new();
        MySqlTools tools = new(access.Definition.ToolFolder, session.IsMariaDb);
        string options = MySqlOptionFile.Write(folder, server.Settings, session.IsMariaDb);
        ExternalProgram program = ExternalProgram.Start(tools.Dump, Arguments(options, hasLog));
        await using (program.ConfigureAwait(false))
        {
            program.Input.Close();
            DumpSplitter dump = new(writer, databases);
            await dump.RunAsync(
                program.Output,
                () => moment.OnDumpBegunAsync(session, dump.LogPosition, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            int code = await program.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (code != 0)
            {
                throw MySqlErrors.Translate(
                    program, server.Address, $"failed (exit code {code})", BackupErrorKind.DatabaseBackupFailed);
            }

            return dump.IsComplete && dump.Sections.Count > databases.Count && (dump.LogPosition is not null || !hasLog)
                ? dump
                : throw MySqlErrors.Translate(
                    program, server.Address, "wrote a dump that is not whole", BackupErrorKind.DatabaseBackupFailed);
        }
    }

    private List<string> Arguments(string options, bool hasLog)
    {
        List<string> arguments =
        [
            options, "--single-transaction", "--quick", "--routines", "--events", "--triggers", "--hex-blob", "--tz-utc",
            "--default-character-set=utf8mb4", "--max-allowed-packet=1G",

            // A date at the end would make every dump differ.
            "--skip-dump-date",
        ];
        if (hasLog)
        {
            arguments.Add(session.IsMariaDb || session.Number < s_sourceWords ? "--master-data=2" : "--source-data=2");
        }

        if (!session.IsMariaDb)
        {
            arguments.Add("--set-gtid-purged=OFF");
        }

        return [.. arguments, "--databases", "--", .. databases];
    }

    private async Task WarnOfTablesAsync(List<string> warnings, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> tables = await session.ReadTablesWithoutTransactionsAsync(databases, cancellationToken)
            .ConfigureAwait(false);
        if (tables.Count > 0)
        {
            string more = tables.Count > ShownTables ? $" and {tables.Count - ShownTables} more" : string.Empty;
            warnings.Add(
                "These tables have no transactions, so that their rows in the backup may be of another moment than all others: "
                + string.Join(", ", tables.Take(ShownTables)) + more
                + ". Change them with ALTER TABLE ... ENGINE=InnoDB.");
        }
    }

    private async Task WriteUsersAsync(IFolderWriter writer, List<string> warnings, CancellationToken cancellationToken)
    {
        try
        {
            string users = await UserDump.ReadAsync(session, cancellationToken).ConfigureAwait(false);
            Stream file = writer.OpenFile(new StreamedEntry(UserDump.File), ContentCut.ByContent);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(users), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            warnings.Add("Accounts and their rights are not in the backup: they cannot be read without SELECT on mysql.*.");
        }
    }
}
