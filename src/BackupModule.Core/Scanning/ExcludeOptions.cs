using System.Collections.Generic;

namespace BackupModule.Core.Scanning;

/// <summary>What a backup leaves out.</summary>
/// <remarks>Lists take null for their default: so a compiled serialiser sets what a document does not have.</remarks>
public sealed record ExcludeOptions
{
    /// <summary>Path patterns (see <see cref="Patterns.PathPattern"/>).</summary>
    public IReadOnlyList<string> Patterns { get; init => field = value ?? []; } = [];

    /// <summary>Path patterns that match whatever the case; a list of its own, so <c>!</c> in one list takes nothing
    /// back from the other.</summary>
    public IReadOnlyList<string> CaseInsensitivePatterns { get; init => field = value ?? []; } = [];

    /// <summary>Files of path patterns, one a line, which follow <see cref="Patterns"/>. Empty lines and lines that
    /// start with <c>#</c> are left out; <c>$NAME</c> and <c>${NAME}</c> stand for environment variables, <c>$$</c> for
    /// a dollar sign.</summary>
    public IReadOnlyList<string> PatternFiles { get; init => field = value ?? []; } = [];

    /// <summary>Names of files that mark their directory as not wanted, or <c>name:header</c> where the file must start
    /// with the header. Of a marked directory only the directory itself and the marking file are kept.</summary>
    public IReadOnlyList<string> MarkerFiles { get; init => field = value ?? []; } = [];

    /// <summary>True to take a <c>CACHEDIR.TAG</c> with the standard's header for a marker.</summary>
    public bool ExcludeCaches { get; init; }

    /// <summary>Regular files of more bytes than this are left out; null for no limit.</summary>
    public long? LargerThan { get; init; }

    /// <summary>True to stay on the file system of each path that is backed up. Has no effect on Windows, where nodes
    /// carry no device number.</summary>
    public bool OneFileSystem { get; init; }
}
