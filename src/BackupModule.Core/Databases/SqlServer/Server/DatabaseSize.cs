using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>How large a full backup of a database can be.</summary>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="IsOfFiles">True for the size of the database's files, because the server does not tell the login what they are
/// filled with.</param>
internal sealed record DatabaseSize(long Bytes, bool IsOfFiles)
{
    private const int PageSize = 8192;

    /// <summary>Asks the server.</summary>
    public static async Task<DatabaseSize> ReadAsync(
        SqlServerSession session, string database, CancellationToken cancellationToken)
    {
        try
        {
            return new DatabaseSize(
                await ReadPagesAsync(QueryFilled(database)).ConfigureAwait(false) * PageSize, IsOfFiles: false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return new DatabaseSize(await ReadPagesAsync(QueryFiles(database)).ConfigureAwait(false) * PageSize, IsOfFiles: true);
        }

        async Task<long> ReadPagesAsync(string query) => (await session.QueryAsync(
            query,
            $"reading how large '{database}' is",
            database,
            static row => row.IsDBNull(0) ? 0 : row.GetInt64(0),
            cancellationToken).ConfigureAwait(false)).Single();
    }

    /// <summary>Asks for the pages of extents that are in use, which a backup has.</summary>
    internal static string QueryFilled(string database) => $"""
        SELECT SUM(allocated_extent_page_count)
        FROM {TransactSql.Name(database)}.sys.dm_db_file_space_usage;
        """;

    /// <summary>Asks for the pages of all files but the log's.</summary>
    internal static string QueryFiles(string database) => $"""
        SELECT SUM(CONVERT(bigint, size))
        FROM {TransactSql.Name(database)}.sys.database_files
        WHERE type <> 1;
        """;
}
