namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>What a server is spoken to for: decides what its errors mean.</summary>
internal enum ServerPurpose
{
    /// <summary>A backup, or the look whether one can be made.</summary>
    Backup,

    /// <summary>A restore.</summary>
    Restore,
}
