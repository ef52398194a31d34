using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Unix;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BackupModule.Tests.Restore;

public sealed class UnixRestoreTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly UnixRestoreTarget _target;

    public UnixRestoreTargetTests() => _target = new UnixRestoreTarget(_folder["new/and nested"]);

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_folder_is_made_with_those_above_it()
    {
        Assert.Equal(_folder["new/and nested"], _target.Root);
        Assert.True(Directory.Exists(_target.Root));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("/etc/passwd")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    public void Paths_that_could_lead_outside_are_refused_by_every_member(string path)
    {
        _target.CreateDirectory("a");
        TreeNode link = Link("anywhere");

        Action<string>[] members =
        [
            p => _target.ReadNode(p), p => _target.ListNames(p), _target.CreateDirectory, _target.Delete,
            p => _target.CreateFile(p).Dispose(), p => _target.WriteFile(p, link, []), p => _target.OpenFile(p).Dispose(), p => _target.Rename(p, "b"),
            p => _target.CreateSpecial(p, link), p => _target.CreateHardLink(p, "a"),
            p => _target.CreateHardLink("b", p), p => _target.ApplyMetadata(p, link),
        ];

        Assert.All(members, member => AssertKind(BackupErrorKind.UnsafePath, () => member(path)));
        Assert.Equal(["a"], _target.ListNames(""));
    }

    [Fact]
    public void No_member_goes_through_a_link_in_the_destination()
    {
        Shell.Run("mkdir outside; printf secret > outside/f; ln -s ../../outside 'new/and nested/link'", _folder.Path);
        TreeNode link = Link("anywhere");
        _target.CreateFile("mine").Dispose();

        Action<string>[] members =
        [
            p => _target.ReadNode(p), p => _target.ListNames(p), _target.CreateDirectory, _target.Delete,
            p => _target.CreateFile(p).Dispose(), p => _target.WriteFile(p, link, []), p => _target.OpenFile(p).Dispose(), p => _target.Rename(p, "b"),
            p => _target.CreateSpecial(p, link), p => _target.CreateHardLink(p, "mine"),
            p => _target.CreateHardLink("b", p), p => _target.ApplyMetadata(p, link),
        ];

        Assert.All(members, member => AssertKind(BackupErrorKind.UnsafePath, () => member("link/f")));
        Assert.Equal("f", Shell.Read("ls outside", _folder.Path));
        Assert.Equal("secret", Shell.Read("cat outside/f", _folder.Path));
    }

    [Fact]
    public void A_link_at_the_path_itself_is_never_followed()
    {
        Shell.Run("mkdir outside; printf secret > outside/f", _folder.Path);
        Shell.Run("ln -s ../../outside dir; ln -s ../../outside/f file", _target.Root);
        TreeNode file = new() { Name = "file", Type = NodeType.File, Mode = 511 };

        AssertKind(BackupErrorKind.UnsafePath, () => _target.CreateDirectory("dir"));
        AssertKind(BackupErrorKind.UnsafePath, () => _target.OpenFile("file"));
        Assert.Throws<BackupException>(() => _target.CreateFile("file"));
        Assert.Throws<BackupException>(() => _target.WriteFile("file", file, [1]));
        Assert.Throws<BackupException>(() => _target.ListNames("dir"));
        Assert.Equal(BackupErrorKind.MetadataIncomplete, _target.ApplyMetadata("file", file)!.Kind);
        Assert.Equal(NodeType.SymbolicLink, _target.ReadNode("dir")!.Type);
        Assert.NotEqual("777", Shell.Read("stat -c %a outside/f", _folder.Path));
    }

    [Fact]
    public void A_cached_directory_exchanged_for_a_link_leads_nowhere_else()
    {
        Shell.Run("mkdir outside", _folder.Path);
        _target.CreateDirectory("d");
        _target.CreateFile("d/before").Dispose();

        Shell.Run("mv d moved; ln -s ../../outside d", _target.Root);
        _target.CreateFile("d/after").Dispose();

        Assert.Equal("", Shell.Read("ls outside", _folder.Path));
        Assert.Equal("after\nbefore", Shell.Read("ls moved", _target.Root));
    }

    [Fact]
    public void Walking_part_by_part_refuses_links_and_finds_the_same_directories()
    {
        Shell.Run("mkdir -p a/b/c; ln -s a/b link; ln -s / a/root; printf x > file", _target.Root);
        using SafeFileHandle root = new(OpenPath(_target.Root), ownsHandle: true);

        using SafeFileHandle? walked = BeneathResolver.Walk(root, "a/b/c", out int error);

        Assert.Equal(0, error);
        Assert.NotNull(walked);
        Assert.Equal((null, Errno.LinkLoop), (BeneathResolver.Walk(root, "link/c", out error), error));
        Assert.Equal((null, Errno.LinkLoop), (BeneathResolver.Walk(root, "a/root", out error), error));
        Assert.Equal((null, Errno.NotDirectory), (BeneathResolver.Walk(root, "file", out error), error));
        Assert.Equal((null, Errno.NoEntry), (BeneathResolver.Walk(root, "a/missing", out error), error));
        Assert.False(root.IsClosed);
    }

    [Fact]
    public unsafe void Permissions_are_changed_the_older_way_but_never_through_a_link()
    {
        Shell.Run("printf x > f; chmod 600 f; ln -s f link", _target.Root);
        int folder = OpenPath(_target.Root);

        fixed (byte* file = "f\0"u8, link = "link\0"u8)
        {
            Assert.Equal(Errno.NotSupported, PermissionChanger.ChangeThroughProc(folder, link, 511));
            Assert.NotEqual(0, PermissionChanger.Change(folder, link, 511));
            Assert.Equal("600", Shell.Read("stat -c %a f", _target.Root));
            Assert.Equal(0, PermissionChanger.ChangeThroughProc(folder, file, 0xfed));
        }

        Assert.Equal("7755", Shell.Read("stat -c %a f", _target.Root));
        Assert.Equal(0, LinuxNativeMethods.Close(folder));
    }

    [Fact]
    public void Deleting_removes_links_but_not_what_they_point_to()
    {
        Shell.Run("mkdir outside; printf x > outside/kept", _folder.Path);
        Shell.Run(
            "mkdir -p d/e; ln -s ../../../outside d/link; ln -s ../../../../outside/kept d/e/link; mkfifo d/fifo; "
            + "printf x > $'d/\\xff'; ln -s ../../outside link",
            _target.Root);

        _target.Delete("d");
        _target.Delete("link");
        _target.Delete("link");
        _target.Delete("was/never/there");

        Assert.Empty(_target.ListNames(""));
        Assert.Equal("kept", Shell.Read("ls outside", _folder.Path));
        AssertKind(BackupErrorKind.UnsafePath, () => _target.Delete(""));
    }

    [Fact]
    public void Closed_directories_and_trees_deeper_than_any_path_are_deleted()
    {
        Shell.Run(
            "mkdir closed; touch closed/f; chmod 000 closed; mkdir deep; cd deep; "
            + "for i in {1..400}; do mkdir 'a directory of some length'; cd 'a directory of some length'; done",
            _target.Root);

        _target.Delete("closed");
        _target.Delete("deep");

        Assert.Empty(_target.ListNames(""));
    }

    [Fact]
    public void Files_can_be_written_deeper_than_any_path()
    {
        StringBuilder path = new("deep");
        _target.CreateDirectory(path.ToString());
        for (int i = 0; i < 200; i++)
        {
            path.Append("/a directory of some length");
            _target.CreateDirectory(path.ToString());
        }

        path.Append("/f");
        _target.CreateFile(path.ToString()).Dispose();

        Assert.True(path.Length > 4096);
        Assert.Equal(NodeType.File, _target.ReadNode(path.ToString())!.Type);
    }

    [Fact]
    public void A_deleted_and_a_renamed_directory_are_not_taken_from_the_cache()
    {
        _target.CreateDirectory("d");
        _target.CreateDirectory("d/e");
        _target.CreateFile("d/e/f").Dispose();

        _target.Delete("d");
        Assert.Null(_target.ReadNode("d/e/f"));
        _target.CreateDirectory("d");
        _target.CreateDirectory("d/e");
        _target.CreateFile("d/e/g").Dispose();
        _target.Rename("d", "renamed");

        Assert.Null(_target.ReadNode("d/e/g"));
        Assert.Equal(["g"], _target.ListNames("renamed/e"));
    }

    [Fact]
    public void Many_threads_in_more_directories_than_are_kept_open()
    {
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 300; i++)
            {
                string directory = $"d{(i * 7) % 150}";
                _target.CreateDirectory(directory);
                using (IRestoreFile file = _target.CreateFile($"{directory}/{thread} {i}"))
                {
                    file.Write(0, "x"u8);
                }

                if (i % 10 == 0)
                {
                    _target.CreateDirectory($"{directory}/gone {thread}");
                    _target.Delete($"{directory}/gone {thread}");
                }
            }
        });

        Assert.Equal(150, _target.ListNames("").Count);
        Assert.Equal(2400, _target.ListNames("").Sum(d => _target.ListNames(d).Count));
    }

    [Fact]
    public void Files_are_written_read_and_sized_at_any_place()
    {
        using IRestoreFile file = _target.CreateFile("f");
        file.SetLength(1_000_000);
        file.Write(999_998, "yz"u8);
        file.Write(5, "abc"u8);
        byte[] buffer = new byte[10];

        Assert.Equal(1_000_000, file.Length);
        Assert.Equal(10, file.Read(0, buffer));
        Assert.Equal("\0\0\0\0\0abc\0\0"u8.ToArray(), buffer);
        Assert.Equal(2, file.Read(999_998, buffer));
        Assert.Equal(0, file.Read(1_000_000, buffer));
        Assert.Equal("600", Shell.Read("stat -c %a f", _target.Root));
        AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => _target.CreateFile("f"));
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("dir")]
    [InlineData("missing")]
    public void What_is_no_file_is_not_opened(string name)
    {
        Shell.Run("mkfifo fifo; mkdir dir", _target.Root);

        AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => _target.OpenFile(name));
    }

    [Fact]
    public void A_rename_replaces_what_stood_there()
    {
        Shell.Run("mkdir d; printf new > d/tmp; printf old > d/f", _target.Root);

        _target.Rename("d/tmp", "f");

        Assert.Equal(["f"], _target.ListNames("d"));
        Assert.Equal("new", Shell.Read("cat d/f", _target.Root));
        AssertKind(BackupErrorKind.UnsafePath, () => _target.Rename("d/f", "../f"));
        AssertKind(BackupErrorKind.UnsafePath, () => _target.Rename("d/f", ""));
    }

    [Fact]
    public void A_directory_that_is_there_is_opened_again_and_a_file_in_its_place_is_an_error()
    {
        Shell.Run("mkdir d; chmod 555 d; printf x > f", _target.Root);

        _target.CreateDirectory("d");
        _target.CreateFile("d/x").Dispose();
        _target.CreateDirectory("");

        AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => _target.CreateDirectory("f"));
        AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => _target.CreateFile("f/x"));
        AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => _target.CreateFile("missing/x"));
        Assert.Null(_target.ReadNode("f/x"));
    }

    [Fact]
    public void A_file_left_read_only_is_opened_for_writing_and_its_attributes_change()
    {
        Shell.Run("printf x > f; setfattr -n user.old -v 1 f; setfattr -n user.changed -v 1 f; chmod 444 f", _target.Root);
        TreeNode node = _target.ReadNode("f")! with
        {
            ExtendedAttributes = [new("user.changed", "2"u8.ToArray()), new("user.new", [])],
        };

        BackupException? failure = _target.ApplyMetadata("f", node);
        _target.OpenFile("f").Dispose();

        Assert.Null(failure);
        Assert.Equal(
            "user.changed=\"2\"\nuser.new=\"\"",
            Shell.Read("getfattr -d f | grep -v -e '^#' -e '^$' | sort", _target.Root));
    }

    [Fact]
    public void Metadata_is_applied_to_the_folder_itself()
    {
        TreeNode node = _target.ReadNode("")! with
        {
            Mode = GoFileMode.Directory | GoFileMode.Sticky | 0x1e8,
            ModifiedTime = new FileTimestamp(-1, 999_999_999, 0),
        };

        Assert.Null(_target.ApplyMetadata("", node));

        Assert.Equal("1750 -1", Shell.Read("stat -c '%a %Y' .", _target.Root));
        Assert.Equal(node.ModifiedTime, _target.ReadNode("")!.ModifiedTime);
    }

    [Fact]
    public void What_could_not_be_set_is_named_and_the_rest_is_set()
    {
        _target.CreateFile("f").Dispose();
        TreeNode node = _target.ReadNode("f")! with
        {
            Mode = 0x124,
            ExtendedAttributes = [new("nonsense.name", "2"u8.ToArray()), new("user.good", [])],
        };

        BackupException failure = _target.ApplyMetadata("f", node)!;

        Assert.Equal(BackupErrorKind.MetadataIncomplete, failure.Kind);
        Assert.Contains("nonsense.name", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("user.good", failure.Message, StringComparison.Ordinal);
        Assert.Equal("444", Shell.Read("stat -c %a f", _target.Root));
        Assert.Contains("user.good", Shell.Read("getfattr f", _target.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_users_restore_says_nothing_of_owners()
    {
        if (Shell.IsRoot)
        {
            OrdinaryUser.RunThisTest(typeof(UnixRestoreTargetTests));
            return;
        }

        _target.CreateFile("f").Dispose();

        Assert.Null(_target.ApplyMetadata("f", _target.ReadNode("f")! with { UserId = 12345, GroupId = 12345 }));
        AssertKind(
            BackupErrorKind.RestoreTargetUnwritable,
            () => _target.CreateSpecial("d", new() { Name = "d", Type = NodeType.BlockDevice, Device = 1992 }));
    }

    [Fact]
    public void A_full_and_a_read_only_destination_say_so()
    {
        Assert.SkipUnless(
            Shell.IsRoot && Shell.Read("mount -t tmpfs -o size=64k tmpfs . && echo yes || echo no", _target.Root) == "yes",
            "needs the right to mount");
        try
        {
            using UnixRestoreTarget target = new(_target.Root);
            using IRestoreFile file = target.CreateFile("f");

            AssertKind(BackupErrorKind.StorageFull, () => file.Write(0, new byte[200_000]));
            file.Dispose();
            TreeNode node = new() { Name = "whole", Type = NodeType.File };
            AssertKind(BackupErrorKind.StorageFull, () => target.WriteFile("whole", node, new byte[200_000]));
            Assert.Null(target.ReadNode("whole"));
            Shell.Run("mount -o remount,ro \"$PWD\"", _target.Root);
            AssertKind(BackupErrorKind.RestoreTargetUnwritable, () => target.CreateFile("g"));
        }
        finally
        {
            Shell.Run("umount -l 'new/and nested'", _folder.Path);
        }
    }

    private static TreeNode Link(string target) =>
        new() { Name = "link", Type = NodeType.SymbolicLink, LinkTarget = target };

    private static void AssertKind(BackupErrorKind kind, Action action) =>
        Assert.Equal(kind, Assert.Throws<BackupException>(action).Kind);

    private static unsafe int OpenPath(string path)
    {
        fixed (byte* target = RawText.Encode(path + "\0"))
        {
            return LinuxNativeMethods.OpenAt(LinuxNativeMethods.CurrentDirectory, target, OpenFlags.PathOnly, 0);
        }
    }
}
