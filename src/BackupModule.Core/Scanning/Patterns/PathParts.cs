using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>Paths and patterns as their components.</summary>
internal static class PathParts
{
    /// <summary>Finds the components of a path; none for the root.</summary>
    /// <param name="path">The path.</param>
    /// <param name="components">Takes where they are; <see cref="MaxCount"/> places always suffice.</param>
    /// <param name="windowsPaths">True if <c>\</c> parts components too.</param>
    /// <returns>How many there are.</returns>
    public static int Split(ReadOnlySpan<char> path, Span<Range> components, bool windowsPaths) =>
        path.SplitAny(components, windowsPaths ? "/\\" : "/", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>More components than the path can have, since a split gives its last place all the rest.</summary>
    public static int MaxCount(ReadOnlySpan<char> path) => (path.Length / 2) + 2;

    /// <summary>The components of a pattern, without <c>.</c> and with every <c>..</c> carried out, as Go's
    /// <c>filepath.Clean</c> does; a relative pattern of nothing else is <c>.</c>.</summary>
    public static IReadOnlyList<string> Clean(string pattern, bool isAnchored, bool windowsPaths)
    {
        List<string> parts = [];
        Span<Range> components = new Range[MaxCount(pattern)];
        foreach (Range component in components[..Split(pattern, components, windowsPaths)])
        {
            string part = pattern[component];
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && (part != ".." || !isAnchored))
            {
                parts.Add(part);
            }
        }

        return parts.Count > 0 || isAnchored ? parts : ["."];
    }
}
