namespace BackupModule.Core.Replication;

/// <summary>What a copy does with a backup of the source.</summary>
public enum CopyFate
{
    /// <summary>It is copied.</summary>
    Copy,

    /// <summary>The destination has it.</summary>
    Present,

    /// <summary>The destination had it, and removed it since; it stays removed.</summary>
    RemovedThere,

    /// <summary>The destination lacks it, and this run was not asked for it.</summary>
    Waiting,
}
