using System.Collections.Generic;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Backup;

/// <summary>What a pipeline stored, ready for the snapshot that names it.</summary>
/// <param name="Tree">The root tree.</param>
/// <param name="Statistics">What was counted.</param>
/// <param name="Failures">Items that could not be read, or changed while they were.</param>
/// <param name="BytesStored">Bytes of the packs written.</param>
/// <param name="ReachedPacks">The packs from before that the tree needs, where packs are locked; else none.</param>
/// <param name="WrittenPacks">The packs written.</param>
internal sealed record BackupPipelineResult(
    ObjectId Tree,
    BackupStatistics Statistics,
    long Failures,
    long BytesStored,
    IReadOnlyCollection<ObjectId> ReachedPacks,
    IReadOnlyCollection<ObjectId> WrittenPacks);
