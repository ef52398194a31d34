using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>What a server says that a differential backup of a database would stand on.</summary>
/// <param name="Id">The full backup that all of its data files name; null where they name none, or not one alone.</param>
/// <param name="FileAddedAt">The log record that the newest of its files was added with.</param>
/// <param name="ForkId">The recovery fork that the database is on; null where the server does not say.</param>
internal sealed record DifferentialBase(Guid? Id, LogSequenceNumber FileAddedAt, Guid? ForkId)
{
    private const int LogFile = 1;
    private const int PageSize = 8192;

    // The service pack of 2016 from which on the server counts the pages of changed extents.
    private static readonly Version s_countsChanges = new(13, 0, 5026);

    /// <summary>Asks the server.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c>: it does not tell the login.</exception>
    public static async Task<DifferentialBase> ReadAsync(
        SqlServerSession session, string database, CancellationToken cancellationToken)
    {
        IReadOnlyList<DatabaseFile> files = await session.QueryAsync(
            QueryBase(database),
            $"reading what differential backups of '{database}' stand on",
            database,
            static row => new DatabaseFile(
                row.GetInt32(0) == LogFile,
                row.IsDBNull(1) ? null : row.GetGuid(1),
                !row.IsDBNull(2) && LogSequenceNumber.TryParse(row.GetString(2), out LogSequenceNumber lsn) ? lsn : default,
                row.IsDBNull(3) ? null : row.GetGuid(3)),
            cancellationToken).ConfigureAwait(false);
        Guid?[] bases = [.. files.Where(static file => !file.IsLog).Select(static file => file.BaseId).Distinct()];
        return new DifferentialBase(
            bases.Length == 1 ? bases[0] : null,
            files.Select(static file => file.AddedAt).DefaultIfEmpty().Max(),
            files.Select(static file => file.ForkId).FirstOrDefault());
    }

    /// <summary>How much a differential backup would have, in bytes; null where the server does not say.</summary>
    public static async Task<long?> ReadChangedBytesAsync(
        SqlServerSession session, ServerProfile server, string database, CancellationToken cancellationToken)
    {
        if (server.Version < s_countsChanges)
        {
            return null;
        }

        try
        {
            return (await session.QueryAsync(
                QueryChanges(database),
                $"reading how much of '{database}' has changed",
                database,
                static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0) * PageSize,
                cancellationToken).ConfigureAwait(false)).Single();
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return null;
        }
    }

    /// <summary>Asks for the database's files, and its recovery fork beside each.</summary>
    internal static string QueryBase(string database) => $"""
        SELECT CONVERT(int, f.type), f.differential_base_guid, CONVERT(nvarchar(25), f.create_lsn), r.recovery_fork_guid
        FROM {TransactSql.Name(database)}.sys.database_files AS f
        LEFT JOIN sys.database_recovery_status AS r ON r.database_id = DB_ID({TransactSql.Text(database)});
        """;

    /// <summary>Asks for the pages of extents that changed since the base.</summary>
    internal static string QueryChanges(string database) => $"""
        SELECT SUM(modified_extent_page_count)
        FROM {TransactSql.Name(database)}.sys.dm_db_file_space_usage;
        """;

    private sealed record DatabaseFile(bool IsLog, Guid? BaseId, LogSequenceNumber AddedAt, Guid? ForkId);
}
