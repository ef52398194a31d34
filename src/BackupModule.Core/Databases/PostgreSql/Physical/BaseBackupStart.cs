using System.Collections.Generic;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>What the server says before it sends the files.</summary>
/// <param name="Lsn">Where recovery begins.</param>
/// <param name="Timeline">The timeline.</param>
/// <param name="Bytes">About how many bytes come.</param>
/// <param name="Tablespaces">The tablespaces besides the main one.</param>
internal sealed record BaseBackupStart(
    Lsn Lsn, uint Timeline, long Bytes, IReadOnlyList<PostgreSqlTablespace> Tablespaces);
