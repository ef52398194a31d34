using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Recovery;

/// <summary>Chooses among the backups of a policy; those of a database's log are none of them.</summary>
public static class PolicyBackups
{
    /// <summary>The newest backup of a policy.</summary>
    /// <param name="all">All backups of the repository.</param>
    /// <param name="policyName">The policy.</param>
    /// <param name="repositoryName">The repository's registered name, for messages.</param>
    /// <exception cref="BackupException"><c>BackupNotFound</c>: there is none.</exception>
    public static Snapshot Newest(IEnumerable<Snapshot> all, string policyName, string repositoryName) =>
        InOrder(all, policyName).LastOrDefault() ?? throw new BackupException(
            BackupErrorKind.BackupNotFound,
            $"There is no backup of the policy '{policyName}' in the repository '{repositoryName}'.",
            $"See that Get-BackupPolicy lists the policy, make a backup with Invoke-Backup -PolicyName {policyName}, or name another repository.")
        {
            Subject = policyName,
        };

    /// <summary>The newest backup of a policy that was begun at a moment or before it: its files are the last that are known to
    /// be older than what came after the moment.</summary>
    /// <param name="all">All backups of the repository.</param>
    /// <param name="policyName">The policy.</param>
    /// <param name="repositoryName">The repository's registered name, for messages.</param>
    /// <param name="moment">The moment.</param>
    /// <exception cref="BackupException"><c>BackupNotFound</c>: there is none of the policy; <c>RecoveryTargetUnreachable</c>: all
    /// are younger, with the earliest one.</exception>
    public static Snapshot NewestAt(
        IEnumerable<Snapshot> all, string policyName, string repositoryName, DateTimeOffset moment)
    {
        IReadOnlyList<Snapshot> backups = InOrder(all, policyName);
        return backups.LastOrDefault(backup => backup.Time.ToDateTimeOffset() <= moment)
            ?? (backups is [{ } earliest, ..]
                ? throw new BackupException(
                    BackupErrorKind.RecoveryTargetUnreachable,
                    $"No backup of the policy '{policyName}' has its files as of {moment:yyyy-MM-dd HH:mm:ss.fffzzz}: the earliest, "
                        + $"{earliest.Id.ShortText}, is of {earliest.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss.fffzzz}.",
                    $"Give a moment from {earliest.Time.ToDateTimeOffset():yyyy-MM-ddTHH:mm:ss.fffzzz} on, or restore -Component Database alone.")
                {
                    Subject = policyName,
                }
                : Newest(backups, policyName, repositoryName));
    }

    private static Snapshot[] InOrder(IEnumerable<Snapshot> all, string policyName) =>
        [.. all.Where(backup => BackupTags.IsOfPolicy(backup.Tags, policyName)).OrderBy(static backup => backup.Time.ToDateTimeOffset())];
}
