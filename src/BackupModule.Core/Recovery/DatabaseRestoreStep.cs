using BackupModule.Core.Databases;

namespace BackupModule.Core.Recovery;

/// <summary>A database that is to be restored: from which backup, with which access, and where to.</summary>
/// <param name="History">What there is of the policy's databases.</param>
/// <param name="Backup">The backup that it is restored from.</param>
/// <param name="Access">The source as the policy has it, or as the backup says where no policy is left.</param>
/// <param name="Request">What is restored where.</param>
public sealed record DatabaseRestoreStep(
    DatabaseHistory History, DatabaseBackup Backup, DatabaseAccess Access, DatabaseRestoreRequest Request)
{
    /// <summary>The source's name in the policy.</summary>
    public string Name => Backup.Facts.Name;
}
