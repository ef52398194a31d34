using System;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Cmdlets;

/// <summary>The one place that makes error records.</summary>
internal static class ErrorRecords
{
    private const string UnexpectedId = "UnexpectedFailure";
    private const string UnexpectedGuidance =
        "This is a fault of the module. Please report it with the output of: $Error[0].Exception.ToString()";

    /// <summary>The record for a failure: the kind's name is the id, and the guidance its recommended action.</summary>
    public static ErrorRecord From(Exception failure) => failure switch
    {
        BackupException known => new ErrorRecord(known, known.Kind.ToString(), CategoryOf(known.Kind), known.Subject)
        {
            ErrorDetails = new ErrorDetails(known.Message) { RecommendedAction = known.Guidance ?? string.Empty },
        },
        IContainsErrorRecord powerShell => powerShell.ErrorRecord,
        _ => new ErrorRecord(failure, UnexpectedId, ErrorCategory.NotSpecified, targetObject: null)
        {
            ErrorDetails = new ErrorDetails($"{failure.GetType().Name}: {failure.Message}")
            {
                RecommendedAction = UnexpectedGuidance,
            },
        },
    };

    /// <summary>True for failures that say nothing about the next input object.</summary>
    public static bool IsAboutOneItem(Exception failure) => failure is BackupException
    {
        Kind: BackupErrorKind.BackupNotFound or BackupErrorKind.BackupDamaged or BackupErrorKind.ItemNotFound
            or BackupErrorKind.TreeDamaged or BackupErrorKind.ChunkDamaged or BackupErrorKind.ChunkMissing
            or BackupErrorKind.PackDamaged or BackupErrorKind.PackMissing or BackupErrorKind.KeyNotFound
            or BackupErrorKind.KeyInUse or BackupErrorKind.BackupHeld or BackupErrorKind.NotificationNotFound,
    };

    private static ErrorCategory CategoryOf(BackupErrorKind kind) => kind switch
    {
        BackupErrorKind.InvalidArgument or BackupErrorKind.UnsafePath or BackupErrorKind.PolicyInvalid
            or BackupErrorKind.ScheduleInvalid => ErrorCategory.InvalidArgument,
        BackupErrorKind.RepositoryNotFound or BackupErrorKind.BackupNotFound or BackupErrorKind.ItemNotFound
            or BackupErrorKind.KeyNotFound or BackupErrorKind.SourceNotFound or BackupErrorKind.SourceEmpty
            or BackupErrorKind.StorageObjectNotFound or BackupErrorKind.BucketNotFound
            or BackupErrorKind.RepositoryReplaced or BackupErrorKind.PolicyNotFound or BackupErrorKind.RunNotFound
            or BackupErrorKind.NotificationNotFound => ErrorCategory.ObjectNotFound,
        BackupErrorKind.RepositoryExists or BackupErrorKind.RepositoryForeign or BackupErrorKind.PolicyExists
            or BackupErrorKind.NotificationExists => ErrorCategory.ResourceExists,
        BackupErrorKind.RetentionUnusual => ErrorCategory.LimitsExceeded,
        BackupErrorKind.PlanOutdated => ErrorCategory.InvalidOperation,
        BackupErrorKind.RepositoryLocked or BackupErrorKind.LockLost or BackupErrorKind.KeyInUse
            or BackupErrorKind.PolicyBusy or BackupErrorKind.PolicyChanged => ErrorCategory.ResourceBusy,
        BackupErrorKind.WrongPassword or BackupErrorKind.CredentialInvalid or BackupErrorKind.CredentialMissing
            or BackupErrorKind.ClockSkewed => ErrorCategory.AuthenticationError,
        BackupErrorKind.SecretUnavailable or BackupErrorKind.CatalogUnavailable or BackupErrorKind.ObjectArchived =>
            ErrorCategory.ResourceUnavailable,
        BackupErrorKind.AccessDenied or BackupErrorKind.StorageReadOnly or BackupErrorKind.BackupHeld
            or BackupErrorKind.ObjectLocked => ErrorCategory.PermissionDenied,
        BackupErrorKind.RepositoryDamaged or BackupErrorKind.KeyDamaged or BackupErrorKind.BackupDamaged
            or BackupErrorKind.TreeDamaged or BackupErrorKind.ChunkDamaged or BackupErrorKind.ChunkMissing
            or BackupErrorKind.PackDamaged or BackupErrorKind.PackMissing or BackupErrorKind.IndexDamaged
            or BackupErrorKind.IndexIncomplete or BackupErrorKind.VerificationFailed => ErrorCategory.InvalidData,
        BackupErrorKind.SourceUnreadable or BackupErrorKind.SourceChanged => ErrorCategory.ReadError,
        BackupErrorKind.StorageFull or BackupErrorKind.RestoreTargetUnwritable or BackupErrorKind.MetadataIncomplete =>
            ErrorCategory.WriteError,
        BackupErrorKind.RepositoryVersionUnsupported or BackupErrorKind.LocationUnsupported
            or BackupErrorKind.PlatformUnsupported or BackupErrorKind.StorageUnsupported => ErrorCategory.NotImplemented,
        BackupErrorKind.StorageFailure => ErrorCategory.DeviceError,
        BackupErrorKind.HookFailed or BackupErrorKind.ClockMoved => ErrorCategory.OperationStopped,
        BackupErrorKind.NotificationFailed or BackupErrorKind.DatabaseUnreachable or BackupErrorKind.HealthCheckFailed => ErrorCategory.ConnectionError,
        BackupErrorKind.DatabaseAccessDenied => ErrorCategory.PermissionDenied,
        BackupErrorKind.DatabaseUnsuitable or BackupErrorKind.RecoveryTargetUnreachable => ErrorCategory.InvalidOperation,
        BackupErrorKind.DatabaseToolMissing => ErrorCategory.NotInstalled,
        BackupErrorKind.DatabaseBackupFailed => ErrorCategory.ReadError,
        BackupErrorKind.DatabaseRestoreFailed => ErrorCategory.WriteError,
        BackupErrorKind.LogGap => ErrorCategory.InvalidData,
        _ => ErrorCategory.NotSpecified,
    };
}
