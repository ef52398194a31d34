using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>How a slot stands on the server.</summary>
/// <param name="End">The end of the server's log; null where it could not be asked.</param>
/// <param name="HeldBytes">Bytes of log that the server keeps for it; null where that is not known.</param>
/// <param name="HoldLimit">The most that it keeps (<c>max_slot_wal_keep_size</c>); null for no limit.</param>
/// <param name="Danger">What somebody must do something about; null for nothing.</param>
internal sealed record SlotState(Lsn? End, long? HeldBytes, long? HoldLimit, string? Danger);
