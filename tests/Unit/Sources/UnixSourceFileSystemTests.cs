using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BackupModule.Tests.Sources;

public sealed class UnixSourceFileSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly UnixSourceFileSystem _files = new(TimeZoneInfo.Utc, recordAccessTime: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Metadata_is_what_find_says()
    {
        NastyTree.Create(_folder.Path);
        byte[] output = Shell.Run(
            @"find . -mindepth 1 -printf '%P\0%y\0%m\0%U\0%G\0%s\0%n\0%i\0%D\0%T@\0%C@\0%l\0'", _folder.Path);
        List<string> expected = [];
        string[] fields = RawText.Decode(output).Split('\0');
        for (int i = 0; i + 12 <= fields.Length; i += 12)
        {
            bool isFile = fields[i + 1] == "f";
            fields[i + 5] = isFile ? fields[i + 5] : "0";
            fields[i + 6] = fields[i + 1] is "d" or "p" ? "0" : fields[i + 6];
            expected.Add(string.Join(' ', fields[i..(i + 12)]));
        }

        IEnumerable<string> actual = NastyTree.Walk(_files, _folder.Path).Select(static e => FindLine(e.Path, e.Node));

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.True(expected.Count > 80);
    }

    [Fact]
    public void Extended_attributes_are_what_getfattr_says()
    {
        NastyTree.Create(_folder.Path);

        foreach (string name in new[] { "attributes", "plain", "sticky", "emptydir", "dangling", "fifo" })
        {
            // One line an attribute: name=0x...
            string dump = Shell.Read($"getfattr -h -d -m - -e hex {name} | sed '/^#/d;/^$/d;s/=0x/=/'", _folder.Path);
            IEnumerable<string> actual = _files.ReadNode(_folder[name]).ExtendedAttributes.Select(static a =>
                $"{a.Name}={Convert.ToHexStringLower(a.Value)}");

            Assert.Equal(
                dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
                actual.Order(StringComparer.Ordinal));
        }

        Assert.True(_files.ReadNode(_folder["attributes"]).ExtendedAttributes.Count >= 4);
    }

    [Fact]
    public void Attributes_on_a_link_a_pipe_and_a_folder_are_read_in_a_listing_as_by_path()
    {
        NastyTree.Create(_folder.Path);

        foreach ((string path, TreeNode node) in NastyTree.Walk(_files, _folder.Path))
        {
            Assert.Equal(NastyTree.Describe(_files.ReadNode(_folder[path])), NastyTree.Describe(node));
        }
    }

    [Fact]
    public unsafe void Kernels_without_the_newer_calls_give_the_same_attributes()
    {
        NastyTree.Create(_folder.Path);
        string[] names = ["attributes", "emptydir", "dangling", "fifo", "empty"];
        using SafeFileHandle folder = new(OpenFolder(), ownsHandle: true);

        foreach (string name in names)
        {
            fixed (byte* entry = RawText.Encode(name + "\0"))
            {
                int error = AttributeReader.Read(
                    AttributeHolder.EntryThroughProc((int)folder.DangerousGetHandle(), entry), out var attributes);

                TreeNode node = _files.ReadNode(_folder[name]);
                Assert.Equal(0, error);
                Assert.Equal(
                    NastyTree.Describe(node), NastyTree.Describe(node with { ExtendedAttributes = attributes }));
            }
        }

        int OpenFolder()
        {
            fixed (byte* path = RawText.Encode(_folder.Path + "\0"))
            {
                return LinuxNativeMethods.OpenAt(
                    LinuxNativeMethods.CurrentDirectory, path, OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
            }
        }
    }

    [Fact]
    public void A_directory_is_read_in_byte_order()
    {
        NastyTree.Create(_folder.Path);

        byte[][] names = [.. _files.ReadDirectory(_folder.Path, static _ => true)
            .Select(static e => RawText.Encode(e.Name))];

        Assert.All(names.Zip(names.Skip(1)), static pair =>
            Assert.True(pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0));
        Assert.Contains(names, static name => name.AsSpan().IndexOf([(byte)0xff, (byte)0xfe]) > 0);
    }

    [Fact]
    public void A_directory_larger_than_one_read_is_listed_whole()
    {
        Shell.Run("for i in {1..3000}; do : > \"a file with a rather long name, to fill the buffer $i\"; done", _folder.Path);

        IReadOnlyList<SourceEntry> entries = _files.ReadDirectory(_folder.Path, static _ => true);

        Assert.Equal(3000, entries.Select(static e => e.Name).Distinct().Count());
    }

    [Fact]
    public void Names_that_are_not_accepted_are_left_out()
    {
        Shell.Run("touch yes no", _folder.Path);

        Assert.Equal(["yes"], _files.ReadDirectory(_folder.Path, static n => n != "no").Select(static e => e.Name));
    }

    [Fact]
    public void Access_times_are_recorded_only_when_asked_for()
    {
        Shell.Run("touch f; touch -a -d '2001-02-03 04:05:06.7 UTC' f; touch -m -d '2002-02-03 UTC' f", _folder.Path);
        UnixSourceFileSystem withAccessTime = new(TimeZoneInfo.Utc, recordAccessTime: true);

        TreeNode without = _files.ReadNode(_folder["f"]);

        Assert.Equal(without.ModifiedTime, without.AccessTime);
        Assert.Equal(
            new FileTimestamp(981_173_106, 700_000_000, 0), withAccessTime.ReadNode(_folder["f"]).AccessTime);
    }

    [Fact]
    public void Times_carry_the_zone_offset_of_their_own_season()
    {
        Shell.Run("touch -d '2024-01-15 UTC' winter; touch -d '2024-07-15 UTC' summer", _folder.Path);
        UnixSourceFileSystem files = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), recordAccessTime: false);

        Assert.Equal(60, files.ReadNode(_folder["winter"]).ModifiedTime.OffsetMinutes);
        Assert.Equal(120, files.ReadNode(_folder["summer"]).ModifiedTime.OffsetMinutes);
    }

    [Fact]
    public void Content_is_read_to_its_end_and_the_open_file_keeps_its_own_metadata()
    {
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(_folder["f"], content);
        Shell.Run("setfattr -n user.a -v b f", _folder.Path);
        TreeNode before = _files.ReadNode(_folder["f"]);

        using ISourceFile file = _files.OpenFile(_folder["f"]);
        Shell.Run("mv f g; printf other > f", _folder.Path);
        using MemoryStream read = new();
        byte[] buffer = new byte[65_000];
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            read.Write(buffer, 0, count);
        }

        Assert.Equal(content, read.ToArray());
        Assert.Equal(before.Inode, file.ReadNode().Inode);
        Assert.Equal(NastyTree.Describe(before), NastyTree.Describe(file.ReadNode()));
    }

    [Fact]
    public void Reading_leaves_the_access_time_alone()
    {
        Shell.Run("printf x > f; touch -d '2001-02-03 UTC' f", _folder.Path);

        using (ISourceFile file = _files.OpenFile(_folder["f"]))
        {
            file.Read(new byte[10]);
        }

        Assert.Equal("981158400", Shell.Read("stat -c %X f", _folder.Path));
    }

    [Fact]
    public void A_path_with_a_slash_at_its_end_still_names_the_link_itself()
    {
        Shell.Run("mkdir d; ln -s d link", _folder.Path);

        TreeNode node = _files.ReadNode(_folder["link"] + "/");

        Assert.Equal(NodeType.SymbolicLink, node.Type);
        Assert.Equal("link", node.Name);
        Assert.Equal("/", _files.ReadNode("/").Name);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("dir")]
    [InlineData("link")]
    [InlineData("socket")]
    public void What_is_no_regular_file_is_not_opened(string name)
    {
        Shell.Run("mkfifo fifo; mkdir dir; printf x > target; ln -s target link", _folder.Path);
        using System.Net.Sockets.Socket socket = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["socket"]));

        BackupException failure = Assert.Throws<BackupException>(() => _files.OpenFile(_folder[name]));

        Assert.Equal(BackupErrorKind.SourceChanged, failure.Kind);
    }

    [Theory]
    [InlineData("missing", BackupErrorKind.SourceNotFound)]
    [InlineData("file/below", BackupErrorKind.SourceNotFound)]
    [InlineData("nul\0nul", BackupErrorKind.SourceNotFound)]
    [InlineData("loop/x", BackupErrorKind.SourceChanged)]
    public void A_path_that_leads_nowhere_says_so(string path, BackupErrorKind kind)
    {
        Shell.Run("printf x > file; ln -s loop loop", _folder.Path);

        Assert.Equal(kind, Assert.Throws<BackupException>(() => _files.ReadNode(_folder.Path + "/" + path)).Kind);
        Assert.Equal(kind, Assert.Throws<BackupException>(() => _files.OpenFile(_folder.Path + "/" + path)).Kind);
        Assert.Equal(
            kind, Assert.Throws<BackupException>(() => _files.ReadDirectory(_folder.Path + "/" + path, _ => true)).Kind);
    }

    [Fact]
    public void A_name_that_no_file_system_can_hold_is_unreadable_and_named()
    {
        string path = _folder.Path + "/" + new string('n', 256);

        BackupException failure = Assert.Throws<BackupException>(() => _files.ReadNode(path));

        Assert.Equal(BackupErrorKind.SourceUnreadable, failure.Kind);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_vanishes_while_the_directory_is_read_is_reported()
    {
        Shell.Run("touch a b c", _folder.Path);

        IReadOnlyList<SourceEntry> entries = _files.ReadDirectory(_folder.Path, name =>
        {
            if (name == "b")
            {
                File.Delete(_folder["b"]);
            }

            return true;
        });

        Assert.Equal(["a", "b", "c"], entries.Select(static e => e.Name));
        Assert.Null(entries[1].Node);
        Assert.Equal(BackupErrorKind.SourceNotFound, entries[1].Failure!.Kind);
        Assert.Equal(_folder["b"], entries[1].Failure!.Subject);
    }

    [Fact]
    public void A_file_that_may_not_be_read_says_what_to_do()
    {
        if (Shell.IsRoot)
        {
            OrdinaryUser.RunThisTest(typeof(UnixSourceFileSystemTests));
            return;
        }

        Shell.Run("printf x > f; chmod 000 f", _folder.Path);

        BackupException failure = Assert.Throws<BackupException>(() => _files.OpenFile(_folder["f"]));

        Assert.Equal(BackupErrorKind.SourceUnreadable, failure.Kind);
        Assert.NotNull(failure.Guidance);
    }

    [Theory]
    [InlineData(1u, 3u, 259ul)]
    [InlineData(7u, 200u, 1992ul)]
    [InlineData(511u, 1048575u, 0xfff1fffful)]
    [InlineData(0x12345u, 0x1234567u, 0x1201234534567ul)]
    public void Device_numbers_are_made_as_the_c_library_does(uint major, uint minor, ulong device)
    {
        Assert.Equal(device, FileStatus.MakeDevice(major, minor));
    }

    private static string FindLine(string path, TreeNode node)
    {
        char type = node.Type switch
        {
            NodeType.Directory => 'd',
            NodeType.SymbolicLink => 'l',
            NodeType.BlockDevice => 'b',
            NodeType.CharacterDevice => 'c',
            NodeType.Fifo => 'p',
            _ => 'f',
        };
        return $"{path} {type} {Convert.ToString(GoFileMode.ToUnixPermissions(node.Mode), 8)} {node.UserId} "
            + $"{node.GroupId} {node.Size} {node.Links} {node.Inode} {node.DeviceId} "
            + $"{Spell(node.ModifiedTime)} {Spell(node.ChangeTime)} {node.LinkTarget}";
    }

    // As find prints times: ten digits, the last always 0.
    private static string Spell(FileTimestamp time) => $"{time.Seconds}.{time.Nanoseconds:D9}0";
}
