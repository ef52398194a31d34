namespace BackupModule.Core.Diagnostics;

/// <summary>
/// What went wrong, as a stable name. The cmdlets use the member's name as the first part of
/// <c>FullyQualifiedErrorId</c>, so a member is never renamed.
/// </summary>
public enum BackupErrorKind
{
    /// <summary>A parameter or option makes no sense.</summary>
    InvalidArgument,

    /// <summary>No repository is at the location, or none is registered under the name.</summary>
    RepositoryNotFound,

    /// <summary>The location holds a repository, or the name is registered already.</summary>
    RepositoryExists,

    /// <summary>The location holds files that are not a repository.</summary>
    RepositoryForeign,

    /// <summary>The repository's format version is not one this module reads.</summary>
    RepositoryVersionUnsupported,

    /// <summary>The config file is damaged.</summary>
    RepositoryDamaged,

    /// <summary>Somebody else holds a lock that conflicts with the one wanted.</summary>
    RepositoryLocked,

    /// <summary>The lock of this process could not be kept alive; the work was stopped.</summary>
    LockLost,

    /// <summary>No key of the repository opens with the password.</summary>
    WrongPassword,

    /// <summary>A key file is unreadable, or a key is not there.</summary>
    KeyDamaged,

    /// <summary>No key with this id.</summary>
    KeyNotFound,

    /// <summary>The key is in use and cannot be removed.</summary>
    KeyInUse,

    /// <summary>A secret reference cannot be resolved.</summary>
    SecretUnavailable,

    /// <summary>No backup with this id, or the id is not unique.</summary>
    BackupNotFound,

    /// <summary>A snapshot file is damaged.</summary>
    BackupDamaged,

    /// <summary>Somebody holds the backup, so it is not removed.</summary>
    BackupHeld,

    /// <summary>Retention would remove an unusual share of the backups, and nobody has agreed to that.</summary>
    RetentionUnusual,

    /// <summary>What a plan was made from has changed, so that it is not carried out.</summary>
    PlanOutdated,

    /// <summary>A path is not in the backup.</summary>
    ItemNotFound,

    /// <summary>A directory listing (tree) in the repository is damaged.</summary>
    TreeDamaged,

    /// <summary>Stored content does not match its hash, or fails authentication.</summary>
    ChunkDamaged,

    /// <summary>Content that a backup needs is in no index.</summary>
    ChunkMissing,

    /// <summary>A pack file is damaged.</summary>
    PackDamaged,

    /// <summary>A pack file that the index names is not in the store.</summary>
    PackMissing,

    /// <summary>An index file is damaged.</summary>
    IndexDamaged,

    /// <summary>The index does not name everything that the backups need.</summary>
    IndexIncomplete,

    /// <summary>Checks found errors in the repository.</summary>
    VerificationFailed,

    /// <summary>A path to back up does not exist.</summary>
    SourceNotFound,

    /// <summary>A file or directory could not be read.</summary>
    SourceUnreadable,

    /// <summary>A file changed while it was read.</summary>
    SourceChanged,

    /// <summary>Nothing was left to back up.</summary>
    SourceEmpty,

    /// <summary>The store refused or failed an operation.</summary>
    StorageFailure,

    /// <summary>The object is not in the store.</summary>
    StorageObjectNotFound,

    /// <summary>The store is full.</summary>
    StorageFull,

    /// <summary>The store or target does not let us write.</summary>
    StorageReadOnly,

    /// <summary>Another repository took the place of this one when the master key was changed.</summary>
    RepositoryReplaced,

    /// <summary>This kind of store cannot do what was asked.</summary>
    StorageUnsupported,

    /// <summary>The object lies in an archive and must be thawed before it can be read.</summary>
    ObjectArchived,

    /// <summary>The store has locked what was to be deleted, or has not locked what should be.</summary>
    ObjectLocked,

    /// <summary>The store does not know the access key, or the secret key is wrong.</summary>
    CredentialInvalid,

    /// <summary>No credentials for the store were given or found.</summary>
    CredentialMissing,

    /// <summary>The bucket is not there, or is in another region.</summary>
    BucketNotFound,

    /// <summary>The clock of this machine differs too much from the store's, or from the times of backups.</summary>
    ClockSkewed,

    /// <summary>Access was denied by the store or the operating system.</summary>
    AccessDenied,

    /// <summary>The scheme or provider of a location is not supported.</summary>
    LocationUnsupported,

    /// <summary>Something could not be written where the restore puts it.</summary>
    RestoreTargetUnwritable,

    /// <summary>A name in the backup would lead outside the destination.</summary>
    UnsafePath,

    /// <summary>Content was restored, but not all of its metadata.</summary>
    MetadataIncomplete,

    /// <summary>The local catalog cannot be read or written.</summary>
    CatalogUnavailable,

    /// <summary>No policy has the name.</summary>
    PolicyNotFound,

    /// <summary>A policy has the name already.</summary>
    PolicyExists,

    /// <summary>Somebody changed the policy meanwhile.</summary>
    PolicyChanged,

    /// <summary>The policy's settings contradict each other, or name what is not there.</summary>
    PolicyInvalid,

    /// <summary>No run has the id, or the id is not unique.</summary>
    RunNotFound,

    /// <summary>Somebody else is running the policy.</summary>
    PolicyBusy,

    /// <summary>A cron expression or time zone cannot be read.</summary>
    ScheduleInvalid,

    /// <summary>A hook failed, or took too long.</summary>
    HookFailed,

    /// <summary>An application does not answer after it was restored and started.</summary>
    HealthCheckFailed,

    /// <summary>The machine's clock moved, so that nothing that depends on it is done.</summary>
    ClockMoved,

    /// <summary>No notification channel is stored under the name.</summary>
    NotificationNotFound,

    /// <summary>The name of a notification channel is taken.</summary>
    NotificationExists,

    /// <summary>A notification could not be sent.</summary>
    NotificationFailed,

    /// <summary>The database server could not be reached, or the connection to it broke.</summary>
    DatabaseUnreachable,

    /// <summary>The database server refused the login, or a right is missing.</summary>
    DatabaseAccessDenied,

    /// <summary>The server's version or settings do not allow what was asked.</summary>
    DatabaseUnsuitable,

    /// <summary>A program of the database server is not on this machine.</summary>
    DatabaseToolMissing,

    /// <summary>The database server reported an error, or its data is damaged, so that there is no whole backup.</summary>
    DatabaseBackupFailed,

    /// <summary>A database could not be restored.</summary>
    DatabaseRestoreFailed,

    /// <summary>The moment or place that a database is to be recovered to is not within what the backups and the log hold.</summary>
    RecoveryTargetUnreachable,

    /// <summary>A piece of the database's log is missing.</summary>
    LogGap,

    /// <summary>The operating system lacks what the operation needs.</summary>
    PlatformUnsupported,
}
