using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>Looks whether a database that nobody writes is whole, and what it holds.</summary>
internal sealed partial class SQLiteInspection : IDisposable
{
    /// <summary>The check of the file's structure.</summary>
    public const string IntegrityCheck = "integrity_check";

    private const int ShownLines = 5;
    private const long MaxChecksumRows = 100_000;
    private const long MaxChecksumBytes = 256 * 1024 * 1024;

    private readonly SqliteConnection _connection;
    private readonly CancellationTokenRegistration _stop;
    private readonly CancellationToken _cancellationToken;
    private readonly List<string> _warnings = [];

    /// <summary>Opens the file.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SQLiteInspection(string path, CancellationToken cancellationToken)
    {
        _connection = SQLiteSource.OpenImmutable(path);
        _connection.DefaultTimeout = 0;
        _cancellationToken = cancellationToken;
        _stop = cancellationToken.Register(() => raw.sqlite3_interrupt(_connection.Handle));
    }

    /// <summary>What was found that is no damage.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The size of a page in bytes.</summary>
    public int PageSize => (int)SQLiteSource.ReadValue<long>(_connection, "PRAGMA page_size");

    /// <summary>Looks at every page, index and constraint. What the database needs and this process does not have, such as a
    /// collation of its application, is no damage; then the check says that it could not be made.</summary>
    public DatabaseCheck CheckIntegrity()
    {
        try
        {
            return CheckIntegrity(IntegrityCheck);
        }
        catch (SqliteException failure) when (IsUnknownToUs(failure))
        {
            return TryQuickCheck(failure);
        }
        catch (SqliteException failure) when (!_cancellationToken.IsCancellationRequested)
        {
            return new DatabaseCheck(IntegrityCheck, false, failure.Message);
        }
        catch (SqliteException)
        {
            throw new OperationCanceledException(_cancellationToken);
        }
    }

    /// <summary>Looks whether every row that another one refers to is there. SQLite allows that they are not, unless the
    /// application asks for foreign keys to be kept: so it is a warning.</summary>
    public void CheckForeignKeys()
    {
        try
        {
            List<string> rows = [.. Query("PRAGMA foreign_key_check").Take(ShownLines + 1)
                .Select(static row => $"{row[0]} (row {row[1] ?? "?"}) refers to {row[2]}")];
            if (rows.Count > 0)
            {
                _warnings.Add($"Rows refer to others that are not there: {string.Join("; ", rows.Take(ShownLines))}"
                    + (rows.Count > ShownLines ? "; and more." : "."));
            }
        }
        catch (SqliteException failure) when (IsUnknownToUs(failure))
        {
            _warnings.Add($"Foreign keys could not be checked: {failure.Message}");
        }
    }

    /// <summary>What the database holds. Tables that need what only its application has are left out, with a warning.</summary>
    public DatabaseFingerprint TakeFingerprint(string name)
    {
        List<TableFingerprint> tables = [];
        foreach (object?[] row in Query(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') "
            + "AND name NOT IN ('sqlite_schema', 'sqlite_master') ORDER BY name COLLATE BINARY").ToList())
        {
            string table = (string)row[0]!;
            try
            {
                tables.Add(TakeFingerprintOf(table));
            }
            catch (SqliteException failure) when (IsUnknownToUs(failure))
            {
                _warnings.Add($"The table {table} is not in the fingerprint: {failure.Message}");
            }
        }

        return new DatabaseFingerprint(name, HashSchema(), tables);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _connection.Dispose();
    }

    // SQLITE_ERROR is what a statement gets that names an unknown collation, function or module; damage has codes of its own.
    private static bool IsUnknownToUs(SqliteException failure) => failure.SqliteErrorCode == raw.SQLITE_ERROR;

    private DatabaseCheck TryQuickCheck(SqliteException failure)
    {
        try
        {
            DatabaseCheck check = CheckIntegrity("quick_check");
            return check.Passed == false
                ? check
                : check with { Passed = null, Message = $"{IntegrityCheck} is not possible here: {failure.Message}" };
        }
        catch (SqliteException again) when (IsUnknownToUs(again))
        {
            return new DatabaseCheck(IntegrityCheck, null, again.Message);
        }
    }

    private DatabaseCheck CheckIntegrity(string pragma)
    {
        List<string> lines = [];
        try
        {
            foreach (object?[] row in Query($"PRAGMA {pragma}({ShownLines})"))
            {
                lines.AddRange(((string)row[0]!).Split('\n')
                    .Where(static line => !line.StartsWith("***", StringComparison.Ordinal)));
            }
        }
        catch (SqliteException failure) when (lines.Count > 0)
        {
            // The check itself gives up on what is damaged too much; what it said before says where.
            lines.Add(failure.Message);
        }

        return lines is ["ok"]
            ? new DatabaseCheck(pragma, true)
            : new DatabaseCheck(pragma, false, string.Join("; ", lines.Take(ShownLines)));
    }

    private TableFingerprint TakeFingerprintOf(string table)
    {
        string quoted = SQLiteSource.Quote(table);
        long rows = SQLiteSource.ReadValue<long>(_connection, $"SELECT count(*) FROM {quoted}");
        if (rows > MaxChecksumRows)
        {
            return new TableFingerprint(table, rows, null);
        }

        using RowChecksum checksum = new();
        foreach (object?[] row in Query($"SELECT * FROM {quoted}"))
        {
            checksum.Add(row);
            if (checksum.Bytes > MaxChecksumBytes)
            {
                return new TableFingerprint(table, rows, null);
            }
        }

        return new TableFingerprint(table, rows, checksum.ToString());
    }

    private string HashSchema()
    {
        StringBuilder text = new();
        foreach (object?[] row in Query(
            "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name COLLATE BINARY"))
        {
            text.Append(row[0]).Append('\0').Append(row[1]).Append('\0').Append(row[2]).Append('\0')
                .Append(Whitespace().Replace((string)row[3]!, " ").Trim()).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private IEnumerable<object?[]> Query(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            _cancellationToken.ThrowIfCancellationRequested();
            object?[] row = new object?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            yield return row;
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
