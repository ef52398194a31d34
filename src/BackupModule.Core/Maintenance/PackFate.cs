namespace BackupModule.Core.Maintenance;

/// <summary>What a prune does with a pack.</summary>
public enum PackFate
{
    /// <summary>It stays as it is.</summary>
    Keep,

    /// <summary>What is used of it is written into new packs; then it is deleted.</summary>
    Repack,

    /// <summary>Nothing in it is used; it is deleted.</summary>
    Delete,

    /// <summary>It is in no index; it is deleted.</summary>
    DeleteUnindexed,

    /// <summary>Nothing in it is used, but the store has locked it; it stays as it is until its lock ends.</summary>
    Locked,

    /// <summary>It is in the index but not in the store, and nothing needs it; it is taken out of the index.</summary>
    Forget,
}
