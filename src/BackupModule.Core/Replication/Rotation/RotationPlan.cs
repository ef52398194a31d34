using System.Collections.Generic;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>What a change of the master key is going to do.</summary>
/// <param name="Target">Where the repository with the new master key is made.</param>
/// <param name="IsBegun">True if it was begun before and goes on.</param>
/// <param name="Backups">Backups in the repository.</param>
/// <param name="Bytes">Bytes of packs, all of which are read, encrypted anew and written.</param>
/// <param name="OtherKeys">Keys besides the one in use. Their passwords are not known, so they are not made anew.</param>
public sealed record RotationPlan(
    StoreLocation Target, bool IsBegun, int Backups, long Bytes, IReadOnlyList<RepositoryKey> OtherKeys);
