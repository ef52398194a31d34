using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>A commit in the log.</summary>
/// <param name="Start">Where its record begins.</param>
/// <param name="TransactionId">The transaction's number without its epoch; null for one that was prepared, whose number the
/// record has in a place that depends on the server's version.</param>
internal readonly record struct WalCommit(Lsn Start, uint? TransactionId);
