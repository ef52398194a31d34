using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Exchange;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>A kind of backup that another tool makes of a database, by the server's history.</summary>
/// <param name="Database">The database.</param>
/// <param name="IsLog">True for backups of the log, false for differential ones.</param>
/// <param name="Device">Where one of them went to.</param>
/// <param name="LastAt">When the last one was complete, in the server's local time.</param>
internal sealed record ForeignBackup(string Database, bool IsLog, string Device, DateTime LastAt)
{
    private static readonly string s_query = $"""
        SELECT s.database_name, s.type, MIN(ISNULL(f.physical_device_name, N'')), MAX(s.backup_finish_date)
        FROM msdb.dbo.backupset AS s
        JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
        WHERE s.is_copy_only = 0 AND s.type IN (N'I', N'L') AND s.backup_finish_date > DATEADD(day, -30, GETDATE())
            AND ISNULL(f.physical_device_name, N'') NOT LIKE N'%{ExchangeNames.Mark}%'
        GROUP BY s.database_name, s.type;
        """;

    /// <summary>Asks the server for those of the last 30 days.</summary>
    public static Task<IReadOnlyList<ForeignBackup>> ListAsync(SqlServerSession session, CancellationToken cancellationToken) =>
        session.QueryAsync(
            s_query,
            "reading the history of backups",
            "msdb",
            static row => new ForeignBackup(row.GetString(0), row.GetString(1) == "L", row.GetString(2), row.GetDateTime(3)),
            cancellationToken);
}
