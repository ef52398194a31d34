using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.MySql;

/// <summary>Looks at what the databases of a server hold, within one transaction.</summary>
internal sealed partial class MySqlFingerprint(MySqlSession session)
{
    private const long MaxChecksumRows = 100_000;
    private const long MaxChecksumBytes = 64 * 1024 * 1024;

    /// <summary>Fixes the moment that is looked at: what others write afterwards is not seen.</summary>
    /// <returns>The binary log position of the moment; null where the server does not say, as MySQL does not.</returns>
    public async Task<(string File, long Position)?> BeginAsync(CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync("START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> status = (await session.ReadRowsAsync(
            "SHOW STATUS LIKE 'binlog_snapshot_%'", cancellationToken).ConfigureAwait(false))
            .ToDictionary(static row => row[0]!.ToUpperInvariant(), static row => row[1]!);
        return status.TryGetValue("BINLOG_SNAPSHOT_FILE", out string? file) && file.Length > 0
            ? (file, long.Parse(status["BINLOG_SNAPSHOT_POSITION"], CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>Looks at the databases.</summary>
    public async Task<IReadOnlyList<DatabaseFingerprint>> TakeAsync(
        IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        List<DatabaseFingerprint> fingerprints = [];
        foreach (string database in databases)
        {
            fingerprints.Add(await TakeAsync(database, cancellationToken).ConfigureAwait(false));
        }

        return fingerprints;
    }

    private async Task<DatabaseFingerprint> TakeAsync(string database, CancellationToken cancellationToken)
    {
        // Names of the database itself are not shown while it is the current one: so it may have another name when restored.
        await session.ExecuteAsync($"USE {MySqlServer.Quote(database)}", cancellationToken).ConfigureAwait(false);
        HashSet<string> changing = [.. (await session.ReadTablesWithoutTransactionsAsync([database], cancellationToken)
            .ConfigureAwait(false)).Select(static table => table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..table.LastIndexOf(" (", StringComparison.Ordinal)])];
        StringBuilder schema = new();
        List<TableFingerprint> tables = [];
        IReadOnlyList<string?[]> all = await session.ReadRowsAsync("SHOW FULL TABLES", cancellationToken).ConfigureAwait(false);
        foreach (string?[] table in all.OrderBy(static row => row[0], StringComparer.Ordinal))
        {
            bool isView = table[1]!.Contains("VIEW", StringComparison.Ordinal);
            IReadOnlyList<string?[]> created = await session.ReadRowsAsync(
                $"SHOW CREATE {(isView ? "VIEW" : "TABLE")} {MySqlServer.Quote(table[0]!)}", cancellationToken).ConfigureAwait(false);
            schema.Append(NextNumber().Replace(created[0][1]!, string.Empty)).Append('\n');

            // Their rows have no moment: the dump may have others.
            if (!isView && !changing.Contains(table[0]!))
            {
                tables.Add(await TakeOfTableAsync(table[0]!, cancellationToken).ConfigureAwait(false));
            }
        }

        string name = MySqlServer.QuoteText(database);
        string[] others =
        [
            "SELECT routine_type, routine_name, routine_definition FROM information_schema.routines "
                + $"WHERE routine_schema = {name} ORDER BY 1, 2",
            "SELECT 'TRIGGER', trigger_name, event_object_table, action_timing, event_manipulation, action_statement "
                + $"FROM information_schema.triggers WHERE trigger_schema = {name} ORDER BY 2",
            $"SELECT 'EVENT', event_name, event_definition FROM information_schema.events WHERE event_schema = {name} ORDER BY 2",
        ];
        foreach (string query in others)
        {
            foreach (string?[] row in await session.ReadRowsAsync(query, cancellationToken).ConfigureAwait(false))
            {
                schema.AppendJoin('\0', row).Append('\n');
            }
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema.ToString())));
        return new DatabaseFingerprint(database, hash, tables);
    }

    private async Task<TableFingerprint> TakeOfTableAsync(string table, CancellationToken cancellationToken)
    {
        string quoted = MySqlServer.Quote(table);
        long rows = long.Parse(
            (await session.ReadValueAsync($"SELECT count(*) FROM {quoted}", cancellationToken).ConfigureAwait(false))!,
            CultureInfo.InvariantCulture);
        if (rows > MaxChecksumRows)
        {
            return new TableFingerprint(table, rows, null);
        }

        // As bytes, so that no type of the driver stands between the server and the sum.
        string columns = string.Join(", ", (await session.ReadRowsAsync($"SHOW COLUMNS FROM {quoted}", cancellationToken)
            .ConfigureAwait(false)).Select(static row => $"CAST({MySqlServer.Quote(row[0]!)} AS BINARY)"));
        using RowChecksum checksum = new();
        await foreach (object?[] row in session.QueryAsync($"SELECT {columns} FROM {quoted}", cancellationToken)
            .ConfigureAwait(false))
        {
            checksum.Add(row);
            if (checksum.Bytes > MaxChecksumBytes)
            {
                return new TableFingerprint(table, rows, null);
            }
        }

        return new TableFingerprint(table, rows, checksum.ToString());
    }

    [GeneratedRegex(@" AUTO_INCREMENT=\d+")]
    private static partial Regex NextNumber();
}
