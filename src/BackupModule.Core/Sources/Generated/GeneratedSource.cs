using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Generated;

/// <summary>A file system with generated files laid over it: they belong to the user of this process, who alone may read
/// them.</summary>
public sealed class GeneratedSource : ISourceFileSystem
{
    private const uint OwnFile = 0x180;
    private const uint OwnFolder = 0x1c0;

    private readonly ISourceFileSystem _files;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Lays generated files and streamed folders over a file system; gives the file system itself where there are
    /// none.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="generated">The generated files.</param>
    /// <param name="streamed">The streamed folders.</param>
    /// <param name="time">Their time.</param>
    public static ISourceFileSystem Over(
        ISourceFileSystem files,
        IReadOnlyList<GeneratedFile> generated,
        IReadOnlyList<StreamedTree> streamed,
        FileTimestamp time) =>
        generated.Count + streamed.Count == 0 ? files : new GeneratedSource(files, generated, streamed, time);

    private GeneratedSource(
        ISourceFileSystem files,
        IEnumerable<GeneratedFile> generated,
        IEnumerable<StreamedTree> streamed,
        FileTimestamp time)
    {
        _files = files;
        foreach (GeneratedFile file in generated)
        {
            ReadOnlyMemory<byte> content = file.MakeContent();
            string[] parts = GeneratedFile.PartsOf(file.Path);
            Add(
                AddFolders(parts, time),
                Describe(parts[^1], NodeType.File, time) with { Size = (ulong)content.Length },
                content);
        }

        foreach (StreamedTree tree in streamed)
        {
            string[] parts = GeneratedFile.PartsOf(tree.Path);
            Add(AddFolders(parts, time), tree.Node with { Name = parts[^1] }, default);
        }
    }

    /// <inheritdoc/>
    public TreeNode ReadNode(string path) =>
        GeneratedFile.IsPlaceOf(path) ? Find(path).Node : _files.ReadNode(path);

    /// <inheritdoc/>
    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept)
    {
        if (GeneratedFile.IsPlaceOf(path))
        {
            return [.. Find(path).Children.Select(static child => new SourceEntry(child.Key, child.Value, null))];
        }

        IReadOnlyList<SourceEntry> entries = _files.ReadDirectory(path, accept);
        return path == "/" && _entries.TryGetValue(GeneratedFile.Top, out Entry? top)
            ? WithTop(entries, top.Node with { DeviceId = _files.ReadNode(path).DeviceId })
            : entries;
    }

    /// <inheritdoc/>
    public ISourceFile OpenFile(string path) => GeneratedFile.IsPlaceOf(path)
        ? new GeneratedContent(Find(path).Node, Find(path).Content)
        : _files.OpenFile(path);

    private static List<SourceEntry> WithTop(IReadOnlyList<SourceEntry> entries, TreeNode top) =>
    [
        .. entries.Where(entry => entry.Name != top.Name)
            .Append(new SourceEntry(top.Name, top, null))
            .OrderBy(static entry => entry.Name, RawText.ByteOrder),
    ];

    // The folders on the way to what the last part names.
    private string AddFolders(string[] parts, FileTimestamp time) =>
        parts.SkipLast(1).Aggregate(string.Empty, (folder, name) => AddFolder(folder, name, time));

    private string AddFolder(string parent, string name, FileTimestamp time)
    {
        string path = $"{parent}/{name}";
        if (!_entries.ContainsKey(path))
        {
            Add(parent, Describe(name, NodeType.Directory, time), default);
        }

        return path;
    }

    private void Add(string parent, TreeNode node, ReadOnlyMemory<byte> content)
    {
        _entries.Add($"{parent}/{node.Name}", new Entry(node, content));
        if (parent.Length > 0)
        {
            _entries[parent].Children.Add(node.Name, node);
        }
    }

    private Entry Find(string path) => _entries.TryGetValue(path, out Entry? entry)
        ? entry
        : throw new BackupException(BackupErrorKind.SourceNotFound, $"There is no {path} among the generated files.")
        {
            Subject = path,
        };

    private static TreeNode Describe(string name, NodeType type, FileTimestamp time)
    {
        MachineIdentity here = MachineIdentity.Current;
        bool isFolder = type == NodeType.Directory;
        return new TreeNode
        {
            Name = name,
            Type = type,
            Mode = isFolder ? GoFileMode.Directory | OwnFolder : OwnFile,
            ModifiedTime = time,
            AccessTime = time,
            ChangeTime = time,
            UserId = here.UserId,
            GroupId = here.GroupId,
            User = OperatingSystem.IsWindows() ? string.Empty : here.UserName,
            Links = isFolder ? 0UL : 1,
        };
    }

    private sealed record Entry(TreeNode Node, ReadOnlyMemory<byte> Content)
    {
        public SortedDictionary<string, TreeNode> Children { get; } = new(RawText.ByteOrder);
    }

    private sealed class GeneratedContent(TreeNode node, ReadOnlyMemory<byte> content) : ISourceFile
    {
        private int _read;

        public TreeNode ReadNode() => node;

        public int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, content.Length - _read);
            content.Span.Slice(_read, count).CopyTo(buffer);
            _read += count;
            return count;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
