namespace BackupModule.Core.Replication;

/// <summary>How new packs were proved to have arrived whole.</summary>
public enum ArrivalProof
{
    /// <summary>Their sizes are right; the store compared a digest when it took them.</summary>
    Size,

    /// <summary>They were read back, and their hashes are their names.</summary>
    ReadBack,
}
