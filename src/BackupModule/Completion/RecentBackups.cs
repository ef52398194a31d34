using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Outputs;

namespace BackupModule.Completion;

/// <summary>
/// What this process has shown of late, for the completers: they never open a repository. Safe to use from many
/// runspaces.
/// </summary>
internal static class RecentBackups
{
    private const int MostBackups = 1000;
    private const int MostItems = 5000;

    private static readonly object s_gate = new();
    private static readonly LinkedList<BackupInfo> s_backups = new();
    private static readonly HashSet<string> s_ids = [];
    private static readonly LinkedList<BackupItemInfo> s_items = new();

    /// <summary>Remembers a backup that was shown.</summary>
    public static void Remember(BackupInfo backup)
    {
        lock (s_gate)
        {
            if (!s_ids.Add(backup.BackupId))
            {
                return;
            }

            s_backups.AddFirst(backup);
            if (s_backups.Count > MostBackups)
            {
                s_ids.Remove(s_backups.Last!.Value.BackupId);
                s_backups.RemoveLast();
            }
        }
    }

    /// <summary>Remembers an item of a backup that was shown.</summary>
    public static void Remember(BackupItemInfo item)
    {
        lock (s_gate)
        {
            s_items.AddFirst(item);
            if (s_items.Count > MostItems)
            {
                s_items.RemoveLast();
            }
        }
    }

    /// <summary>The backups shown, newest first; those of one repository where a name is given.</summary>
    public static IReadOnlyList<BackupInfo> Backups(string? repositoryName)
    {
        lock (s_gate)
        {
            return [.. s_backups
                .Where(backup => IsOf(backup.RepositoryName, repositoryName))
                .OrderByDescending(static backup => backup.Time)];
        }
    }

    /// <summary>The paths shown, each once, in order; those of one repository where a name is given.</summary>
    public static IReadOnlyList<string> Paths(string? repositoryName)
    {
        lock (s_gate)
        {
            return [.. s_items
                .Where(item => IsOf(item.RepositoryName, repositoryName))
                .Select(static item => item.Path)
                .Concat(s_backups
                    .Where(backup => IsOf(backup.RepositoryName, repositoryName))
                    .SelectMany(static backup => backup.Path))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)];
        }
    }

    private static bool IsOf(string name, string? wanted) =>
        string.IsNullOrEmpty(wanted) || name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
