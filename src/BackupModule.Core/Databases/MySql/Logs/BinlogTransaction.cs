using System;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>A transaction in a binary log.</summary>
/// <param name="Start">Where in the file it begins.</param>
/// <param name="End">The byte after it. Until the next one begins, there may be events that belong to none.</param>
/// <param name="At">When its last statement began, to the second, by the server's clock.</param>
/// <param name="Gtid">Its global id: <c>0-7-17</c> on MariaDB, <c>uuid:number</c> on MySQL; null where it has none.</param>
internal sealed record BinlogTransaction(long Start, long End, DateTimeOffset At, string? Gtid);
