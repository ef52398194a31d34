using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>The credentials for buckets that a server has, each named after the address that it is for.</summary>
/// <param name="Names">Their names, as far as the login sees them.</param>
/// <param name="AreVisible">True if it sees all of them.</param>
internal sealed record BucketCredentials(IReadOnlyList<string> Names, bool AreVisible)
{
    private const string Query = """
        SELECT c.name, CONVERT(int, HAS_PERMS_BY_NAME(NULL, NULL, N'ALTER ANY CREDENTIAL'))
        FROM (SELECT 1 AS one) AS o
        LEFT JOIN sys.credentials AS c ON c.credential_identity = N'S3 Access Key';
        """;

    /// <summary>Asks the server.</summary>
    public static async Task<BucketCredentials> ReadAsync(SqlServerSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string? Name, bool SeesAll)> rows = await session.QueryAsync(
            Query,
            "reading which buckets the server has credentials for",
            null,
            static row => (row.IsDBNull(0) ? null : row.GetString(0), !row.IsDBNull(1) && row.GetInt32(1) == 1),
            cancellationToken).ConfigureAwait(false);
        return new BucketCredentials([.. rows.Select(static row => row.Name).OfType<string>()], rows.Any(static row => row.SeesAll));
    }

    /// <summary>True if one is for an address, or for a part of it from its start.</summary>
    public bool HasFor(string url) => Names.Any(name =>
        url.Equals(name.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
        || url.StartsWith($"{name.TrimEnd('/')}/", StringComparison.OrdinalIgnoreCase));
}
