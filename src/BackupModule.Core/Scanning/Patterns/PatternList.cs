using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>Patterns in order, of which the last that speaks about a path decides, as in restic.</summary>
public sealed class PatternList
{
    private const int MaxStackComponents = 256;

    private readonly PathPattern[] _patterns;
    private readonly bool _ignoreCase;
    private readonly bool _windowsPaths;

    /// <summary>Compiles the patterns; empty ones are left out.</summary>
    /// <param name="patterns">The patterns' text, in the form of <see cref="Repositories.Trees.RawText"/>.</param>
    /// <param name="ignoreCase">True if <c>a</c> and <c>A</c> are the same.</param>
    /// <param name="windowsPaths">True if <c>\</c> parts components, as on Windows.</param>
    /// <exception cref="Diagnostics.BackupException"><c>InvalidArgument</c>: a pattern is malformed; the first such is named.
    /// </exception>
    public PatternList(IEnumerable<string> patterns, bool ignoreCase, bool windowsPaths)
    {
        _ignoreCase = ignoreCase;
        _windowsPaths = windowsPaths;
        List<PathPattern> parsed = [];
        foreach (string text in patterns)
        {
            if (text.Length > 0)
            {
                parsed.Add(PathPattern.Parse(Fold(text), windowsPaths));
            }
        }

        _patterns = [.. parsed];
    }

    /// <summary>True if no pattern is in the list.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>True if the list matches the absolute path.</summary>
    [SkipLocalsInit]
    public bool Matches(string path)
    {
        if (IsEmpty)
        {
            return false;
        }

        string folded = Fold(path);
        int maxCount = PathParts.MaxCount(folded);
        Span<Range> places = maxCount <= MaxStackComponents ? stackalloc Range[MaxStackComponents] : new Range[maxCount];
        ReadOnlySpan<Range> components = places[..PathParts.Split(folded, places, _windowsPaths)];
        bool matched = false;
        foreach (PathPattern pattern in _patterns)
        {
            // A pattern that could not change the decision need not be asked.
            if (matched == pattern.IsNegated && pattern.Matches(folded, components))
            {
                matched = !pattern.IsNegated;
            }
        }

        return matched;
    }

    /// <summary>True if the list may match something below the directory; a walk for matches need not enter others.
    /// </summary>
    public bool CouldMatchBelow(string directory)
    {
        string folded = Fold(directory);
        Span<Range> places = new Range[PathParts.MaxCount(folded)];
        ReadOnlySpan<Range> components = places[..PathParts.Split(folded, places, _windowsPaths)];
        bool possible = false;
        foreach (PathPattern pattern in _patterns)
        {
            if (!pattern.IsNegated)
            {
                possible = possible || pattern.CouldMatchBelow(folded, components);
            }
            else if (pattern.Matches(folded, components))
            {
                possible = false;
            }
        }

        return possible;
    }

    private string Fold(string text) => _ignoreCase ? text.ToLowerInvariant() : text;
}
