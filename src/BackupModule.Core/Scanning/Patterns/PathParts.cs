using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>Paths and patterns as their components.</summary>
internal static class PathParts
{
    /// <summary>The components of an absolute path; none for the root.</summary>
    /// <param name="path">The path.</param>
    /// <param name="windowsPaths">True if <c>\</c> parts components too.</param>
    public static string[] Split(string path, bool windowsPaths)
    {
        ReadOnlySpan<char> separators = windowsPaths ? "/\\" : "/";
        List<string> parts = new(12);
        foreach (Range range in path.AsSpan().SplitAny(separators))
        {
            if (range.Start.Value != range.End.Value)
            {
                parts.Add(path[range]);
            }
        }

        return [.. parts];
    }

    /// <summary>The components of a pattern, without <c>.</c> and with every <c>..</c> carried out, as Go's
    /// <c>filepath.Clean</c> does; a relative pattern of nothing else is <c>.</c>.</summary>
    public static IReadOnlyList<string> Clean(string pattern, bool isAnchored, bool windowsPaths)
    {
        List<string> parts = [];
        foreach (string part in Split(pattern, windowsPaths))
        {
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
