using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Retention;

/// <summary>Backups that are judged together: those of one policy; where no policy made them, those of the same paths of
/// one machine, as in restic.</summary>
/// <param name="PolicyName">The policy; null where none made them.</param>
/// <param name="HostName">The machine of the newest of them; empty if it is not told.</param>
/// <param name="Paths">The paths of the newest of them, in the order of their bytes.</param>
public sealed record RetentionGroup(string? PolicyName, string HostName, IReadOnlyList<string> Paths)
{
    /// <summary>The group in words.</summary>
    public override string ToString() =>
        PolicyName is null ? $"{HostName}: {string.Join(", ", Paths)}" : $"policy {PolicyName}";

    /// <summary>The group that a backup is the newest of.</summary>
    internal static RetentionGroup Of(Snapshot snapshot) =>
        new(BackupTags.FindPolicy(snapshot.Tags), snapshot.HostName ?? string.Empty, Sorted(snapshot.Paths));

    /// <summary>What the backups of a group, and no others, have in common.</summary>
    internal static string KeyOf(Snapshot snapshot) => BackupTags.FindPolicy(snapshot.Tags) is { } policy
        ? BackupTags.OfPolicy(policy)
        : string.Join('\0', [string.Empty, snapshot.HostName ?? string.Empty, .. Sorted(snapshot.Paths)]);

    private static string[] Sorted(IReadOnlyList<string> paths)
    {
        string[] sorted = [.. paths];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }
}
