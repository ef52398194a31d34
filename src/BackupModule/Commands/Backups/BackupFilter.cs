using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Commands.Backups;

/// <summary>Picks backups by what their snapshots say. Every condition given must hold.</summary>
internal sealed record BackupFilter
{
    /// <summary>Wildcard patterns, each of which must fit a tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Wildcard patterns, of which one must fit the machine's name; empty for any.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Paths, each given in every spelling that counts; of each, one must be among the backup's
    /// paths.</summary>
    public IReadOnlyList<string[]> Paths { get; init; } = [];

    /// <summary>Only backups that started before.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Only backups that started after.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>True if the backup is wanted.</summary>
    public bool Selects(Snapshot snapshot)
    {
        DateTimeOffset time = snapshot.Time.ToDateTimeOffset();
        return Tags.All(pattern => snapshot.Tags?.Any(tag => Fits(pattern, tag)) == true)
            && (HostNames.Count == 0 || HostNames.Any(pattern => Fits(pattern, snapshot.HostName ?? string.Empty)))
            && Paths.All(spellings => snapshot.Paths.Intersect(spellings, StringComparer.Ordinal).Any())
            && (Before is null || time < Before)
            && (After is null || time > After);
    }

    /// <summary>The spellings that count of paths as users type them: as they stand, and absolute. Belongs to the pipeline
    /// thread.</summary>
    public static string[][] Spell(PSCmdlet cmdlet, IEnumerable<string> paths) =>
        [.. paths.Select(path => (string[])[path, FilePaths.Resolve(cmdlet, path)])];

    private static bool Fits(string pattern, string text) =>
        WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text);
}
