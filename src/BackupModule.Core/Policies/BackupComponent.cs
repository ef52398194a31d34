namespace BackupModule.Core.Policies;

/// <summary>The parts of an application that are backed up together and restored apart.</summary>
public enum BackupComponent
{
    /// <summary>Any files that are none of the others. To restore it means everything but databases.</summary>
    Files,

    /// <summary>The program.</summary>
    Code,

    /// <summary>Files that its users brought.</summary>
    Uploads,

    /// <summary>How it is set up.</summary>
    Configuration,

    /// <summary>Certificates and their keys.</summary>
    Certificates,

    /// <summary>Environment variables.</summary>
    Environment,

    /// <summary>Databases.</summary>
    Database,
}
