using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The errors of steps that touch files.</summary>
internal static class FileFailure
{
    /// <summary>The error of a file that cannot be written or removed.</summary>
    public static BackupException At(string path, string done, Exception cause) => new(
        cause is UnauthorizedAccessException ? BackupErrorKind.AccessDenied : BackupErrorKind.StorageFailure,
        $"The file '{path}' cannot be {done}: {cause.Message}",
        "Registering for the whole machine takes root or an administrator; -Scope User does not.",
        cause)
    {
        Subject = path,
    };
}
