using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>
/// A pattern for whole paths, with restic's meaning. It is split on <c>/</c>; each part is a <see cref="GlobPattern"/>
/// for one component, and <c>**</c> stands for any number of components, none included. A leading <c>/</c> anchors the
/// pattern at the root; without it the pattern matches any run of components. A pattern that matches a directory matches
/// everything below it too. A leading <c>!</c> takes back what earlier patterns of a list matched.
/// </summary>
public sealed class PathPattern
{
    private const string AnyDepth = "**";

    private readonly bool _isAnchored;

    // Null stands for any number of components.
    private readonly GlobPattern?[] _parts;

    private PathPattern(bool isNegated, bool isAnchored, GlobPattern?[] parts)
    {
        IsNegated = isNegated;
        _isAnchored = isAnchored;
        _parts = parts;
    }

    /// <summary>True for a pattern that takes back what earlier ones matched.</summary>
    public bool IsNegated { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">The pattern; not empty.</param>
    /// <param name="windowsPaths">True if <c>\</c> parts components, rather than making the next character stand for
    /// itself.</param>
    /// <exception cref="Diagnostics.BackupException"><c>InvalidArgument</c>: a part is malformed.</exception>
    public static PathPattern Parse(string text, bool windowsPaths)
    {
        bool isNegated = text.StartsWith('!');
        string path = isNegated ? text[1..] : text;
        bool isAnchored = path.StartsWith('/') || (windowsPaths && path.StartsWith('\\'));
        List<GlobPattern?> parts = [];
        foreach (string part in PathParts.Clean(path, isAnchored, windowsPaths))
        {
            if (part != AnyDepth)
            {
                parts.Add(GlobPattern.Parse(part, backslashEscapes: !windowsPaths));
            }
            else if (parts.Count == 0 || parts[^1] is not null)
            {
                parts.Add(null);
            }
        }

        return new PathPattern(isNegated, isAnchored, [.. parts]);
    }

    /// <summary>True if the pattern matches the path or a directory above it. Negation is the list's business.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="components">Where its components are.</param>
    public bool Matches(ReadOnlySpan<char> path, ReadOnlySpan<Range> components)
    {
        for (int start = 0; start <= (_isAnchored ? 0 : components.Length); start++)
        {
            if (MatchesFrom(_parts, path, components[start..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the pattern matches some path below the directory. Negation is the list's business.</summary>
    /// <param name="directory">The directory's absolute path.</param>
    /// <param name="components">Where its components are.</param>
    public bool CouldMatchBelow(ReadOnlySpan<char> directory, ReadOnlySpan<Range> components)
    {
        if (!_isAnchored)
        {
            return true;
        }

        for (int i = 0; i < _parts.Length && i < components.Length; i++)
        {
            if (_parts[i] is not { } part)
            {
                return true;
            }

            if (!part.IsMatch(directory[components[i]]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MatchesFrom(
        ReadOnlySpan<GlobPattern?> parts,
        ReadOnlySpan<char> path,
        ReadOnlySpan<Range> components)
    {
        while (!parts.IsEmpty)
        {
            if (parts[0] is null)
            {
                return parts.Length == 1 || MatchesAtAnyDepth(parts[1..], path, components);
            }

            if (components.IsEmpty || !parts[0]!.IsMatch(path[components[0]]))
            {
                return false;
            }

            parts = parts[1..];
            components = components[1..];
        }

        return true;
    }

    private static bool MatchesAtAnyDepth(
        ReadOnlySpan<GlobPattern?> parts,
        ReadOnlySpan<char> path,
        ReadOnlySpan<Range> components)
    {
        for (int skipped = 0; skipped <= components.Length; skipped++)
        {
            if (MatchesFrom(parts, path, components[skipped..]))
            {
                return true;
            }
        }

        return false;
    }
}
