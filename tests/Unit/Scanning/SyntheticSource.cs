using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Tests.Scanning;

/// <summary>A tree of directories that is made up as it is read: each holds files and, above the lowest level,
/// directories.</summary>
internal sealed class SyntheticSource(int levels, int directoriesEach, int filesEach) : ISourceFileSystem
{
    public const string Root = "/data";

    private int _reading;
    private int _listed;

    /// <summary>Happens when a directory is listed, on the thread that lists it.</summary>
    public Action<string> OnList { get; init; } = static _ => { };

    /// <summary>How many listings are under way.</summary>
    public int Reading => Volatile.Read(ref _reading);

    /// <summary>How many entries were listed.</summary>
    public int Listed => Volatile.Read(ref _listed);

    public TreeNode ReadNode(string path) => Directory(path[(path.LastIndexOf('/') + 1)..]);

    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept)
    {
        Interlocked.Increment(ref _reading);
        try
        {
            OnList(path);
            List<SourceEntry> entries = [];
            int level = path.AsSpan(Root.Length).Count('/');
            for (int i = 0; level < levels && i < directoriesEach; i++)
            {
                Add(Directory(Name("d", i)));
            }

            for (int i = 0; i < filesEach; i++)
            {
                Add(new TreeNode { Name = Name("f", i), Type = NodeType.File, Size = 1 });
            }

            Interlocked.Add(ref _listed, entries.Count);
            return entries;

            void Add(TreeNode node)
            {
                if (accept(node.Name))
                {
                    entries.Add(new SourceEntry(node.Name, node, null));
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
        }
    }

    public ISourceFile OpenFile(string path) =>
        throw new BackupException(BackupErrorKind.SourceUnreadable, "There is only metadata here.");

    private static string Name(string prefix, int number) =>
        prefix + number.ToString("d6", CultureInfo.InvariantCulture);

    private static TreeNode Directory(string name) => new() { Name = name, Type = NodeType.Directory };
}
