namespace BackupModule.Core.Policies;

/// <summary>When a hook runs.</summary>
public enum HookStage
{
    /// <summary>Before a backup reads anything.</summary>
    PreBackup,

    /// <summary>After a backup, whether it went well or not.</summary>
    PostBackup,

    /// <summary>Before a restore writes anything.</summary>
    PreRestore,

    /// <summary>After a restore, whether it went well or not.</summary>
    PostRestore,
}
