namespace BackupModule.Core.Restore;

/// <summary>What a restore does with a file that is there already.</summary>
public enum OverwriteMode
{
    /// <summary>Bring it to the state of the backup; its content is read, and only what differs is written.</summary>
    Always,

    /// <summary>The same, but a file whose size and modification time agree is taken for identical without reading.
    /// </summary>
    IfChanged,

    /// <summary>Only if the backup's version was modified later.</summary>
    IfNewer,

    /// <summary>Leave it as it is.</summary>
    Never,
}
