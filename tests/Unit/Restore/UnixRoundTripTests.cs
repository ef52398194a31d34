using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Unix;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Unix;
using BackupModule.Tests.Sources;
using Xunit;

namespace BackupModule.Tests.Restore;

/// <summary>A nasty tree, read and written again, compared by us and by other programs.</summary>
public sealed class UnixRoundTripTests : IDisposable
{
    private const long MuchData = 1 << 30;

    private readonly TemporaryFolder _folder = new();
    private readonly UnixSourceFileSystem _files = new(TimeZoneInfo.Utc, recordAccessTime: false);

    public UnixRoundTripTests()
    {
        Directory.CreateDirectory(_folder["from"]);
        NastyTree.Create(_folder["from"]);
        CopyTree();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_that_can_be_restored_comes_back()
    {
        string[] expected = [.. Described("from")];

        Assert.Equal(expected, Described("to"));
        Assert.True(expected.Length > 80);
    }

    [Fact]
    public void Find_sees_no_difference()
    {
        const string Script = @"find . -mindepth 1 -printf '%P %y %m %U:%G %T@ %n %l\0' | sort -z";
        const string Sizes = @"find . -type f -printf '%P %s\0' | sort -z";

        Assert.Equal(Lines(Script, "from"), Lines(Script, "to"));
        Assert.Equal(Lines(Sizes, "from"), Lines(Sizes, "to"));
    }

    [Fact]
    public void Content_and_holes_come_back()
    {
        const string Script = "find . -type f -size -1G -print0 | sort -z | xargs -0 sha256sum -z";

        Assert.SkipUnless(Shell.IsRoot, "needs root to read files of mode 000");
        Assert.Equal(Lines(Script, "from"), Lines(Script, "to"));
        Assert.Equal("end", Shell.Read("tail -c 3 sparse", _folder["to"]));
        Assert.InRange(long.Parse(Shell.Read("stat -c %b sparse", _folder["to"])), 0, 64);
    }

    [Fact]
    public void Getfattr_and_stat_see_no_difference_in_attributes_and_devices()
    {
        const string Attributes = "find . -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex";
        const string Devices = "find . -type b,c -print0 | sort -z | xargs -0r stat -c '%n %F %t:%T'";

        Assert.SkipUnless(Shell.IsRoot, "needs root to make devices and to read attributes of files of mode 000");
        Assert.Equal(Lines(Attributes, "from"), Lines(Attributes, "to"));
        Assert.Contains(Lines(Devices, "to"), static line => line.Contains("1ff:fffff", StringComparison.Ordinal));
        Assert.Equal(Lines(Devices, "from"), Lines(Devices, "to"));
    }

    [Fact]
    public void Hard_links_are_one_file_again()
    {
        Assert.Equal(
            Shell.Read("stat -c %i plain", _folder["to"]), Shell.Read("stat -c %i hardlink", _folder["to"]));
        Assert.Equal(
            Shell.Read("stat -c %i link", _folder["to"]), Shell.Read("stat -c %i hardlink-to-link", _folder["to"]));
    }

    [Fact]
    public void The_targets_own_view_of_an_entry_is_the_sources()
    {
        using UnixRestoreTarget target = new(_folder["to"]);

        foreach ((string path, TreeNode node) in NastyTree.Walk(_files, _folder["to"]))
        {
            TreeNode seen = target.ReadNode(path)!;
            Assert.Equal(
                NastyTree.Describe(node with { ExtendedAttributes = [], AccessTime = seen.AccessTime }),
                NastyTree.Describe(seen));
        }
    }

    private IEnumerable<string> Described(string folder) =>
        NastyTree.Walk(_files, _folder[folder]).Select(static e => $"{e.Path}: {NastyTree.Describe(e.Node)}");

    private string[] Lines(string script, string folder) =>
        RawText.Decode(Shell.Run(script, _folder[folder])).Split('\0', '\n');

    private void CopyTree()
    {
        using IRestoreTarget target = RestoreTargets.Open(_folder["to"]);
        List<(string Path, TreeNode Node)> entries = [.. NastyTree.Walk(_files, _folder["from"])];
        Dictionary<ulong, string> linked = [];
        foreach ((string path, TreeNode node) in entries)
        {
            if (node.Links > 1 && !linked.TryAdd(node.Inode, path))
            {
                target.CreateHardLink(path, linked[node.Inode]);
            }
            else if (node.Type == NodeType.Directory)
            {
                target.CreateDirectory(path);
            }
            else if (node.Type == NodeType.File)
            {
                CopyContent(target, path, node);
            }
            else
            {
                target.CreateSpecial(path, node);
            }
        }

        entries.Reverse();
        BackupException?[] failures = [.. entries.Select(entry => target.ApplyMetadata(entry.Path, entry.Node))];
        Assert.All(failures, Assert.Null);
    }

    private void CopyContent(IRestoreTarget target, string path, TreeNode node)
    {
        using IRestoreFile copy = target.CreateFile(path);
        if (node.Size > MuchData)
        {
            copy.SetLength((long)node.Size);
            copy.Write((long)node.Size - 3, "end"u8);
            return;
        }

        if (!Shell.IsRoot && (node.Mode & 0x100) == 0)
        {
            copy.Write(0, "x"u8);
            return;
        }

        using ISourceFile file = _files.OpenFile($"{_folder["from"]}/{path}");
        byte[] buffer = new byte[65_536];
        long offset = 0;
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            copy.Write(offset, buffer.AsSpan(0, count));
            offset += count;
        }
    }
}
