namespace BackupModule.Core.Monitoring.Standing;

/// <summary>What a check of a repository read, in rising order.</summary>
public enum CheckLevel
{
    /// <summary>Index, snapshots and directories.</summary>
    Structure,

    /// <summary>Contents of packs as well, all of them or a share.</summary>
    Data,
}
