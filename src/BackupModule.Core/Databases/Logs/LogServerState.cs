namespace BackupModule.Core.Databases.Logs;

/// <summary>How the server of a streamed log stands.</summary>
/// <param name="Position">The end of its log, in the engine's own words.</param>
/// <param name="LagBytes">Bytes of its log that are not durable in the repository.</param>
/// <param name="HeldBytes">Bytes of log that it keeps on its disk for this stream; null where it keeps none.</param>
/// <param name="HoldLimit">The most that it would keep before it drops what the stream needs; null for no limit: then an
/// abandoned stream fills its disk.</param>
/// <param name="Danger">What somebody must do something about; null for nothing.</param>
public sealed record LogServerState(
    string Position, long LagBytes, long? HeldBytes = null, long? HoldLimit = null, string? Danger = null);
