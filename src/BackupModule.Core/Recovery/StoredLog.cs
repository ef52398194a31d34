using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Recovery;

/// <summary>A backup of a database's log.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="Facts">Which files it has.</param>
public sealed record StoredLog(Snapshot Snapshot, LogFacts Facts);
