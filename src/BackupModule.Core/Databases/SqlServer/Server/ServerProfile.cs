using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>What a server says of itself and of who asks.</summary>
/// <param name="Name">Its own name, with that of its instance.</param>
/// <param name="Version">Its version.</param>
/// <param name="Edition">Its edition, as <c>Developer Edition (64-bit)</c>.</param>
/// <param name="EngineEdition">The kind of its engine: 5 and 8 are services of Azure.</param>
/// <param name="Login">Who asks.</param>
/// <param name="IsAdministrator">True for a member of <c>sysadmin</c>.</param>
/// <param name="CanCreateDatabases">True with the right to create databases, which looking into backups takes, too.</param>
/// <param name="DataPath">Where new databases have their data, with a separator behind it; null if it does not say.</param>
/// <param name="LogPath">Where new databases have their logs, with a separator behind it; null if it does not say.</param>
internal sealed record ServerProfile(
    string Name,
    Version Version,
    string Edition,
    int EngineEdition,
    string Login,
    bool IsAdministrator,
    bool CanCreateDatabases,
    string? DataPath,
    string? LogPath)
{
    /// <summary>The first version that backups are made of: that of 2016.</summary>
    public static readonly Version Oldest = new(13, 0);

    /// <summary>The first version that writes backups into buckets: that of 2022.</summary>
    public static readonly Version OldestWithBuckets = new(16, 0);

    /// <summary>True for the services of Azure, which write no file.</summary>
    public bool IsService => EngineEdition is 5 or 8;

    private const string Query = """
        SELECT CONVERT(nvarchar(128), SERVERPROPERTY(N'ServerName')),
            CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductVersion')),
            CONVERT(nvarchar(128), SERVERPROPERTY(N'Edition')),
            CONVERT(int, SERVERPROPERTY(N'EngineEdition')),
            CONVERT(nvarchar(128), SUSER_SNAME()),
            CONVERT(int, IS_SRVROLEMEMBER(N'sysadmin')),
            CONVERT(int, HAS_PERMS_BY_NAME(NULL, NULL, N'CREATE ANY DATABASE')),
            CONVERT(nvarchar(512), SERVERPROPERTY(N'InstanceDefaultDataPath')),
            CONVERT(nvarchar(512), SERVERPROPERTY(N'InstanceDefaultLogPath'));
        """;

    /// <summary>Asks the server.</summary>
    public static async Task<ServerProfile> ReadAsync(SqlServerSession session, CancellationToken cancellationToken) =>
        (await session.QueryAsync(
            Query,
            "reading the server's version",
            null,
            static row => new ServerProfile(
                row.GetString(0),
                Version.Parse(row.GetString(1)),
                row.GetString(2),
                row.GetInt32(3),
                row.GetString(4),
                !row.IsDBNull(5) && row.GetInt32(5) == 1,
                !row.IsDBNull(6) && row.GetInt32(6) == 1,
                row.IsDBNull(7) ? null : row.GetString(7),
                row.IsDBNull(8) ? null : row.GetString(8)),
            cancellationToken).ConfigureAwait(false)).Single();
}
