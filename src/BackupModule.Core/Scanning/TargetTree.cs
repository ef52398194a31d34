using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Scanning;

/// <summary>
/// The paths to back up, as the tree that leads to them from the root of the snapshot: the targets are its leaves, the
/// directories on the way carry their own metadata but only the children that lead on.
/// </summary>
public sealed class TargetTree
{
    private readonly SortedDictionary<string, TargetTree> _children = new(RawText.ByteOrder);
    private readonly List<string> _covered = [];

    private TargetTree(string path) => Path = path;

    /// <summary>The path in the file system; the volume itself for the top.</summary>
    public string Path { get; }

    /// <summary>True if everything at this path is wanted.</summary>
    public bool IsTarget { get; private set; }

    /// <summary>The next parts of the way, in byte order of their names.</summary>
    public IReadOnlyDictionary<string, TargetTree> Children => _children;

    /// <summary>For the top: paths that were given but are no targets, because they lie below one.</summary>
    public IReadOnlyList<string> Covered => _covered;

    /// <summary>Builds the tree of absolute paths. A path below another target is covered by it.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="hasGenerated">True to add the folder of generated files.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c> for a path that is not absolute.</exception>
    public static TargetTree Build(IEnumerable<string> paths, bool hasGenerated = false)
    {
        TargetTree root = new(OperatingSystem.IsWindows() ? string.Empty : "/");
        foreach (string path in paths)
        {
            root.Add(path);
        }

        if (hasGenerated && !root.IsTarget)
        {
            root._children[GeneratedFile.Top[1..]] = new TargetTree(GeneratedFile.Top) { IsTarget = true };
        }

        return root;
    }

    /// <summary>The absolute path, cleaned as restic does: no empty parts, <c>.</c> or <c>..</c>, no <c>/</c> at the
    /// end.</summary>
    public static string Clean(string path, string baseDirectory)
    {
        string full = System.IO.Path.GetFullPath(path, baseDirectory);
        if (!OperatingSystem.IsWindows())
        {
            full = string.Join('/', full.Split('/', StringSplitOptions.RemoveEmptyEntries));
            return "/" + full;
        }

        return System.IO.Path.TrimEndingDirectorySeparator(full);
    }

    private void Add(string path)
    {
        if (!System.IO.Path.IsPathFullyQualified(path))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, $"'{RawText.ToDisplay(path)}' is not an absolute path.");
        }

        TargetTree node = this;
        foreach ((string name, string fullPath) in Parts(path))
        {
            if (node.IsTarget)
            {
                _covered.Add(path);
                return;
            }

            if (!node._children.TryGetValue(name, out TargetTree? child))
            {
                node._children[name] = child = new TargetTree(fullPath);
            }

            node = child;
        }

        node.IsTarget = true;
        _covered.AddRange(node.TargetsBelow());
        node._children.Clear();
    }

    private IEnumerable<string> TargetsBelow() => _children.Values.SelectMany(
        static child => child.IsTarget ? [child.Path] : child.TargetsBelow());

    // On Windows the volume is the first part, without its colon.
    private static IEnumerable<(string Name, string Path)> Parts(string path)
    {
        string prefix = "/";
        if (OperatingSystem.IsWindows())
        {
            string volume = System.IO.Path.GetPathRoot(path)!;
            yield return (System.IO.Path.TrimEndingDirectorySeparator(volume).TrimEnd(':'), volume);
            path = path[volume.Length..];
            prefix = volume;
        }

        char[] separators = OperatingSystem.IsWindows() ? ['\\', '/'] : ['/'];
        foreach (string part in path.Split(separators, StringSplitOptions.RemoveEmptyEntries))
        {
            prefix = System.IO.Path.Join(prefix, part);
            yield return (part, prefix);
        }
    }
}
