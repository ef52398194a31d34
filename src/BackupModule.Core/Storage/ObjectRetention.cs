using System;

namespace BackupModule.Core.Storage;

/// <summary>The lock of one version of an object.</summary>
/// <param name="Mode">How strict it is; <see cref="StoreLockMode.None"/> for no lock with a time.</param>
/// <param name="Until">When it ends; the earliest time there is for no lock with a time.</param>
/// <param name="HasLegalHold">True if somebody put a legal hold on it, which has no end.</param>
/// <param name="VersionId">The version.</param>
public readonly record struct ObjectRetention(
    StoreLockMode Mode, DateTimeOffset Until, bool HasLegalHold, string? VersionId)
{
    /// <summary>True if the version cannot be deleted at the time without bypassing.</summary>
    public bool IsLockedAt(DateTimeOffset time) => HasLegalHold || (Mode != StoreLockMode.None && Until > time);
}
