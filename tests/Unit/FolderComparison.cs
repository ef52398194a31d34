using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;
using Xunit;

namespace BackupModule.Tests;

/// <summary>Compares two folders: every name, byte and piece of metadata that a restore must bring back.</summary>
internal static class FolderComparison
{
    public static void AssertEqual(string expected, string actual)
    {
        List<string> left = Describe(expected);
        List<string> right = Describe(actual);
        Assert.Equal(left, right);
    }

    /// <summary>One line an entry; hard links are named by the first path of their inode.</summary>
    private static List<string> Describe(string root)
    {
        ISourceFileSystem source = SourceFileSystems.ForThisMachine(TimeZoneInfo.Utc, recordAccessTime: false);
        Dictionary<ulong, string> inodes = [];
        List<string> lines = [];
        Describe(source, root, string.Empty, inodes, lines);
        return lines;
    }

    private static void Describe(
        ISourceFileSystem source, string root, string relative, Dictionary<ulong, string> inodes, List<string> lines)
    {
        foreach (SourceEntry entry in source.ReadDirectory(root + relative, _ => true))
        {
            TreeNode node = Assert.IsType<TreeNode>(entry.Node);
            string path = $"{relative}/{entry.Name}";
            inodes.TryAdd(node.Inode, path);
            string attributes = string.Join(
                ',', node.ExtendedAttributes.Select(a => $"{a.Name}={Convert.ToHexString(a.Value)}").Order());
            string content = node.Type == NodeType.File ? ContentHash(source, root + path) : string.Empty;
            lines.Add(
                $"{string.Concat(path.Select(c => c is > ' ' and < '\x7f' ? c.ToString() : $"\\u{(int)c:x4}"))} "
                + $"{node.Type} {node.Mode:x} {node.UserId}:{node.GroupId} {GoTime.Format(node.ModifiedTime)} "
                + $"{node.Size} {node.Links} {node.Device} [{attributes}] {content} ={inodes[node.Inode].Length}");
            if (node.Type == NodeType.Directory)
            {
                Describe(source, root, path, inodes, lines);
            }
        }
    }

    private static string ContentHash(ISourceFileSystem source, string path)
    {
        using ISourceFile file = source.OpenFile(path);
        using System.Security.Cryptography.IncrementalHash hash =
            System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
