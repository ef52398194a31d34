using System.Collections.Generic;
using BackupModule.Core.Scanning.Patterns;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Picks paths of a backup, as restic's restore does: with include patterns, the items they match and everything below;
/// without, everything; and of these none that an exclude pattern matches. Paths are absolute within the backup, with
/// <c>/</c> between components on every platform. Immutable.
/// </summary>
public sealed class PathSelection
{
    private readonly PatternList _includes;
    private readonly PatternList _excludes;

    /// <summary>Compiles the patterns.</summary>
    /// <param name="includes">Patterns of what is wanted; empty for everything.</param>
    /// <param name="excludes">Patterns of what is not wanted after all.</param>
    /// <param name="ignoreCase">True if the patterns match whatever the case.</param>
    /// <exception cref="Diagnostics.BackupException"><c>InvalidArgument</c>: a pattern is malformed.</exception>
    public PathSelection(IEnumerable<string> includes, IEnumerable<string> excludes, bool ignoreCase = false)
    {
        _includes = new PatternList(includes, ignoreCase, windowsPaths: false);
        _excludes = new PatternList(excludes, ignoreCase, windowsPaths: false);
    }

    /// <summary>Selects everything.</summary>
    public static PathSelection All { get; } = new([], []);

    /// <summary>True if everything is selected.</summary>
    public bool IsAll => _includes.IsEmpty && _excludes.IsEmpty;

    /// <summary>True if the item is wanted. The caller does not ask about what is below a directory for which
    /// <see cref="MayContainSelected"/> is false.</summary>
    public bool Selects(string path) =>
        (_includes.IsEmpty || _includes.Matches(path)) && !_excludes.Matches(path);

    /// <summary>True if something below the directory may be wanted, so that a walk must enter it.</summary>
    public bool MayContainSelected(string directory) =>
        (_includes.IsEmpty || _includes.CouldMatchBelow(directory)) && !_excludes.Matches(directory);
}
