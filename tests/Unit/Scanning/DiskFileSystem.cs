using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Tests.Scanning;

/// <summary>The disk with just the metadata that exclude rules look at.</summary>
internal sealed class DiskFileSystem : ISourceFileSystem
{
    public TreeNode ReadNode(string path)
    {
        FileAttributes attributes = File.GetAttributes(path);
        bool isLink = attributes.HasFlag(FileAttributes.ReparsePoint);
        bool isDirectory = !isLink && attributes.HasFlag(FileAttributes.Directory);
        return new TreeNode
        {
            Name = Path.GetFileName(path),
            Type = isLink ? NodeType.SymbolicLink : isDirectory ? NodeType.Directory : NodeType.File,
            Size = isLink || isDirectory ? 0 : (ulong)new FileInfo(path).Length,
        };
    }

    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept) =>
    [
        .. Directory.EnumerateFileSystemEntries(path)
            .Select(entry => Path.GetFileName(entry))
            .Where(accept)
            .Order(RawText.ByteOrder)
            .Select(name => new SourceEntry(name, ReadNode(Path.Combine(path, name)), null)),
    ];

    public ISourceFile OpenFile(string path)
    {
        TreeNode node = ReadNode(path);
        if (node.Type != NodeType.File)
        {
            throw new BackupException(BackupErrorKind.SourceChanged, $"'{path}' is no regular file.");
        }

        return new DiskFile(node, File.OpenRead(path));
    }

    private sealed class DiskFile(TreeNode node, FileStream stream) : ISourceFile
    {
        public TreeNode ReadNode() => node;

        public int Read(Span<byte> buffer) => stream.Read(buffer);

        public void Dispose() => stream.Dispose();
    }
}
