using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>What a server says of one database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state, as <c>ONLINE</c>.</param>
/// <param name="RecoveryModel"><c>SIMPLE</c>, <c>FULL</c> or <c>BULK_LOGGED</c>.</param>
/// <param name="IsEncrypted">True if the server encrypts its files.</param>
/// <param name="CanBackUp">True with the right to back it up.</param>
/// <param name="CanBackUpLog">True with the right to back its log up.</param>
internal sealed record DatabaseProfile(
    string Name, string State, string RecoveryModel, bool IsEncrypted, bool CanBackUp, bool CanBackUpLog)
{
    // The first four are the server's own; a snapshot of a database cannot be backed up.
    private const string Query = """
        SELECT d.name, d.state_desc, d.recovery_model_desc, d.is_encrypted,
            CONVERT(int, HAS_PERMS_BY_NAME(QUOTENAME(d.name), N'DATABASE', N'BACKUP DATABASE')),
            CONVERT(int, HAS_PERMS_BY_NAME(QUOTENAME(d.name), N'DATABASE', N'BACKUP LOG'))
        FROM sys.databases AS d
        WHERE d.database_id > 4 AND d.source_database_id IS NULL
        ORDER BY d.name;
        """;

    /// <summary>True if a backup can be made of it in its state.</summary>
    public bool IsOnline => State.Equals("ONLINE", StringComparison.OrdinalIgnoreCase);

    /// <summary>True if its log can be backed up, and so followed.</summary>
    public bool HasLogBackups => !RecoveryModel.Equals("SIMPLE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks the server for all databases but its own.</summary>
    public static Task<IReadOnlyList<DatabaseProfile>> ListAsync(SqlServerSession session, CancellationToken cancellationToken) =>
        session.QueryAsync(
            Query,
            "listing the databases",
            null,
            static row => new DatabaseProfile(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2),
                row.GetBoolean(3),
                !row.IsDBNull(4) && row.GetInt32(4) == 1,
                !row.IsDBNull(5) && row.GetInt32(5) == 1),
            cancellationToken);
}
