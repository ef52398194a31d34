using BackupModule.Core.Databases;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Recovery;

/// <summary>A backup of a policy, as far as one database is concerned.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="Facts">What its manifest says of the database.</param>
public sealed record DatabaseBackup(Snapshot Snapshot, DatabaseFacts Facts);
