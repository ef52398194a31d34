using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning.Patterns;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Decides what a backup leaves out, as restic does. A walk asks about a directory's entries from the top down and does
/// not enter what is excluded, so nothing below it can be taken back. Immutable; usable from many threads.
/// </summary>
public sealed class ExcludeRules
{
    private readonly PatternList _patterns;
    private readonly PatternList _caseInsensitivePatterns;
    private readonly MarkerFile[] _markers;
    private readonly ulong? _largerThan;
    private readonly bool _oneFileSystem;

    /// <summary>Compiles the options and reads their pattern files.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: a pattern or marker is malformed, a size is negative,
    /// or a pattern file cannot be read.</exception>
    public ExcludeRules(ExcludeOptions options)
    {
        bool windowsPaths = OperatingSystem.IsWindows();
        _patterns = new PatternList(
            options.Patterns.Concat(options.PatternFiles.SelectMany(PatternFile.Read)),
            ignoreCase: false,
            windowsPaths);
        _caseInsensitivePatterns = new PatternList(options.CaseInsensitivePatterns, ignoreCase: true, windowsPaths);
        IEnumerable<MarkerFile> markers = options.MarkerFiles.Select(MarkerFile.Parse);
        _markers = [.. options.ExcludeCaches ? markers.Append(MarkerFile.CacheDirectory) : markers];
        _oneFileSystem = options.OneFileSystem;
        if (options.LargerThan < 0)
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, "The size limit of files is negative.");
        }

        _largerThan = (ulong?)options.LargerThan;
    }

    /// <summary>Excludes nothing.</summary>
    public static ExcludeRules None { get; } = new(new ExcludeOptions());

    /// <summary>True if some path may be excluded by a pattern.</summary>
    public bool HasPatterns => !_patterns.IsEmpty || !_caseInsensitivePatterns.IsEmpty;

    /// <summary>True if a pattern excludes the path; needs no look at the file.</summary>
    /// <param name="absolutePath">The path, in the form of <see cref="RawText"/>.</param>
    public bool ExcludesPath(string absolutePath) =>
        _patterns.Matches(absolutePath) || _caseInsensitivePatterns.Matches(absolutePath);

    /// <summary>True if the entry is excluded for its size or its file system. A directory on which another file system
    /// is mounted is kept; what is in it is not.</summary>
    /// <param name="node">The entry.</param>
    /// <param name="targetDeviceId">The device of the backed-up path that the walk came from.</param>
    /// <param name="parentDeviceId">The device of the directory that the entry is in.</param>
    public bool ExcludesNode(TreeNode node, ulong targetDeviceId, ulong parentDeviceId)
    {
        if (_oneFileSystem && node.DeviceId != targetDeviceId)
        {
            return node.Type != NodeType.Directory || parentDeviceId != targetDeviceId;
        }

        return node.Type == NodeType.File && node.Size > _largerThan;
    }

    /// <summary>Looks for the files that mark a directory as not wanted.</summary>
    /// <remarks>A marker with a header that is a symbolic link, or cannot be read, does not count.</remarks>
    /// <exception cref="BackupException">The directory cannot be read: <c>SourceNotFound</c> or
    /// <c>SourceUnreadable</c>.</exception>
    public DirectoryMark ReadMark(string directory, ISourceFileSystem fileSystem)
    {
        if (_markers.Length == 0)
        {
            return DirectoryMark.None;
        }

        HashSet<string> present = [.. fileSystem
            .ReadDirectory(directory, name => Array.Exists(_markers, marker => marker.Name == name))
            .Select(entry => entry.Name)];
        string folder = directory.EndsWith('/') ? directory : directory + '/';
        List<string> marking = [];
        foreach (MarkerFile marker in _markers)
        {
            if (present.Contains(marker.Name) && marker.HasHeader(folder + marker.Name, fileSystem))
            {
                marking.Add(marker.Name);
            }
        }

        return new DirectoryMark(marking);
    }
}
