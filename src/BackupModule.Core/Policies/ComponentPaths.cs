using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Scanning.Patterns;

namespace BackupModule.Core.Policies;

/// <summary>The paths of one component in a backup.</summary>
/// <param name="Component">The component.</param>
/// <param name="Paths">Absolute paths, as the backup has them.</param>
/// <param name="Except">Paths below these that belong to other components.</param>
public sealed record ComponentPaths(
    BackupComponent Component, IReadOnlyList<string> Paths, IReadOnlyList<string> Except)
{
    /// <summary>Divides paths among components: a path belongs to the component that names the deepest folder above it.
    /// </summary>
    /// <param name="paths">Each component's paths; a component may be there more than once.</param>
    public static IReadOnlyList<ComponentPaths> Divide(IEnumerable<(BackupComponent Component, string Path)> paths)
    {
        (BackupComponent Component, string Path)[] all = [.. paths.Distinct()];
        return
        [
            .. all.GroupBy(static item => item.Component).OrderBy(static group => group.Key).Select(group =>
            {
                string[] own = [.. group.Select(static item => item.Path).Order(StringComparer.Ordinal)];
                return new ComponentPaths(
                    group.Key,
                    own,
                    [
                        .. all.Where(item => item.Component != group.Key && own.Any(path => IsBelow(item.Path, path)))
                            .Select(static item => item.Path).Distinct().Order(StringComparer.Ordinal),
                    ]);
            }),
        ];
    }

    /// <summary>The patterns that pick some components out of a backup.</summary>
    /// <param name="all">All its components.</param>
    /// <param name="wanted">True for the ones that are wanted.</param>
    public static (IReadOnlyList<string> Include, IReadOnlyList<string> Exclude) Select(
        IReadOnlyList<ComponentPaths> all, Func<BackupComponent, bool> wanted)
    {
        ComponentPaths[] picked = [.. all.Where(item => wanted(item.Component))];
        HashSet<string> include = [.. picked.SelectMany(static item => item.Paths)];
        return (
            [.. include.Select(PathPatternText.Escape)],
            [.. picked.SelectMany(static item => item.Except).Except(include).Distinct().Select(PathPatternText.Escape)]);
    }

    /// <summary>True if the path lies below the folder.</summary>
    internal static bool IsBelow(string path, string folder) =>
        path.Length > folder.Length
        && path.StartsWith(folder, StringComparison.Ordinal)
        && (folder.EndsWith('/') || folder.EndsWith('\\') || path[folder.Length] is '/' or '\\');
}
