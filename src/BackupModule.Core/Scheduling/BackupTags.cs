using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Scheduling;

/// <summary>The tags by which a snapshot says which policy, kind and run it is of.</summary>
public static class BackupTags
{
    private const string PolicyPrefix = "policy:";
    private const string KindPrefix = "kind:";
    private const string RunPrefix = "run:";

    /// <summary>The tag of a policy's backups.</summary>
    public static string OfPolicy(string name) => PolicyPrefix + name;

    /// <summary>The tag of backups of a kind, such as <c>kind:hourly</c>.</summary>
    public static string OfKind(BackupKind kind) => KindPrefix + Spell(kind);

    /// <summary>The tag of the one run that made a backup.</summary>
    public static string OfRun(string runId) => RunPrefix + runId;

    /// <summary>The policy that the tags name; null for none.</summary>
    public static string? FindPolicy(IEnumerable<string>? tags) => Find(tags, PolicyPrefix);

    /// <summary>The run that the tags name; null for none.</summary>
    public static string? FindRun(IEnumerable<string>? tags) => Find(tags, RunPrefix);

    /// <summary>The kind that the tags name; null for none, or one that is not known.</summary>
    public static BackupKind? FindKind(IEnumerable<string>? tags) =>
        Find(tags, KindPrefix) is { } text
        && Array.FindIndex(Enum.GetValues<BackupKind>(), kind => Spell(kind) == text) is >= 0 and int place
            ? Enum.GetValues<BackupKind>()[place]
            : null;

    /// <summary>True for a backup of a policy that is not one of a database's log.</summary>
    public static bool IsOfPolicy(IEnumerable<string>? tags, string policyName) =>
        policyName.Equals(FindPolicy(tags), StringComparison.OrdinalIgnoreCase) && FindKind(tags) != BackupKind.Log;

    private static string? Find(IEnumerable<string>? tags, string prefix) =>
        tags?.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];

    private static string Spell(BackupKind kind) => kind switch
    {
        BackupKind.Hourly => "hourly",
        BackupKind.Daily => "daily",
        BackupKind.Weekly => "weekly",
        BackupKind.Monthly => "monthly",
        BackupKind.Log => "log",
        _ => "manual",
    };
}
