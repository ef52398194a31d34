using System;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Replication.Rotation;

/// <summary>What a change of the master key did.</summary>
/// <param name="Plan">What it set out to do.</param>
/// <param name="RepositoryId">The id of the new repository.</param>
/// <param name="Location">Where it is.</param>
/// <param name="OldLocation">Where the old one is: whole, and readable with the old master key.</param>
/// <param name="Backups">Backups in the new repository.</param>
/// <param name="BytesStored">Bytes of packs that this run wrote.</param>
/// <param name="Duration">How long this run took.</param>
public sealed record RotationResult(
    RotationPlan Plan,
    ObjectId RepositoryId,
    string Location,
    string OldLocation,
    int Backups,
    long BytesStored,
    TimeSpan Duration);
