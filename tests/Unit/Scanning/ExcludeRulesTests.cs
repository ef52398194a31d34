using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class ExcludeRulesTests
{
    private static readonly DiskFileSystem Disk = new();

    [Fact]
    public void Negation_takes_nothing_back_from_the_other_list()
    {
        ExcludeRules rules = new(new ExcludeOptions
        {
            Patterns = ["*.a", "!keep.a"],
            CaseInsensitivePatterns = ["*.B", "!keep.a"],
        });

        Assert.True(rules.ExcludesPath("/x/y.a"));
        Assert.False(rules.ExcludesPath("/x/keep.a"));
        Assert.True(rules.ExcludesPath("/x/keep.b"));
        Assert.False(ExcludeRules.None.ExcludesPath("/x"));
    }

    [Fact]
    public void Pattern_files_follow_the_patterns()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "patterns");
        File.WriteAllText(file, "!keep");
        ExcludeRules rules = new(new ExcludeOptions { Patterns = ["/x/*"], PatternFiles = [file] });

        Assert.False(rules.ExcludesPath("/x/keep"));
        Assert.True(rules.ExcludesPath("/x/other"));
    }

    [Fact]
    public void A_file_over_the_limit_is_excluded_and_one_at_the_limit_is_not()
    {
        ExcludeRules rules = new(new ExcludeOptions { LargerThan = 5 });

        Assert.True(rules.ExcludesNode(Node(NodeType.File, size: 6), 1, 1));
        Assert.False(rules.ExcludesNode(Node(NodeType.File, size: 5), 1, 1));
        Assert.False(rules.ExcludesNode(Node(NodeType.Directory, size: 4096), 1, 1));
    }

    [Fact]
    public void A_mount_point_is_kept_and_what_is_in_it_is_not()
    {
        ExcludeRules rules = new(new ExcludeOptions { OneFileSystem = true });

        Assert.False(rules.ExcludesNode(Node(NodeType.Directory, device: 2), targetDeviceId: 1, parentDeviceId: 1));
        Assert.True(rules.ExcludesNode(Node(NodeType.Directory, device: 2), targetDeviceId: 1, parentDeviceId: 2));
        Assert.True(rules.ExcludesNode(Node(NodeType.File, device: 2), targetDeviceId: 1, parentDeviceId: 1));
        Assert.False(rules.ExcludesNode(Node(NodeType.File, device: 1), targetDeviceId: 1, parentDeviceId: 1));
        Assert.False(ExcludeRules.None.ExcludesNode(Node(NodeType.File, device: 2), 1, 1));
    }

    [Fact]
    public void A_marked_directory_keeps_its_marker_alone()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, ".nobackup"), string.Empty);
        ExcludeRules rules = new(new ExcludeOptions { MarkerFiles = [".nobackup"] });

        DirectoryMark mark = rules.ReadMark(folder.Path, Disk);

        Assert.True(mark.IsMarked);
        Assert.False(mark.Excludes(".nobackup"));
        Assert.True(mark.Excludes("other"));
        Assert.False(ExcludeRules.None.ReadMark(folder.Path, Disk).IsMarked);
    }

    [Theory]
    [InlineData("yes: really", true)]
    [InlineData("yes", true)]
    [InlineData("ye", false)]
    [InlineData("no:", false)]
    public void A_marker_with_a_header_must_start_with_it(string content, bool expected)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "tag"), content);
        ExcludeRules rules = new(new ExcludeOptions { MarkerFiles = ["tag:yes"] });

        Assert.Equal(expected, rules.ReadMark(folder.Path, Disk).IsMarked);
    }

    [Fact]
    public void A_cache_directory_is_marked_by_its_signature()
    {
        using TemporaryFolder folder = new();
        ExcludeRules rules = new(new ExcludeOptions { ExcludeCaches = true });
        string tag = Path.Combine(folder.Path, "CACHEDIR.TAG");

        File.WriteAllText(tag, "Signature: something else");
        Assert.False(rules.ReadMark(folder.Path, Disk).IsMarked);
        File.WriteAllText(tag, "Signature: 8a477f597d28d172789f06886806bc55\n# comment");
        Assert.True(rules.ReadMark(folder.Path, Disk).IsMarked);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":header")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_marker_without_a_file_name_is_refused(string marker) => AssertRefused(
        new ExcludeOptions { MarkerFiles = [marker] });

    [Fact]
    public void Options_that_make_no_sense_are_refused_up_front()
    {
        AssertRefused(new ExcludeOptions { Patterns = ["ok", "x/[a"] });
        AssertRefused(new ExcludeOptions { CaseInsensitivePatterns = ["["] });
        AssertRefused(new ExcludeOptions { LargerThan = -1 });
    }

    private static void AssertRefused(ExcludeOptions options) => Assert.Equal(
        BackupErrorKind.InvalidArgument,
        Assert.Throws<BackupException>(() => new ExcludeRules(options)).Kind);

    private static TreeNode Node(NodeType type, ulong size = 0, ulong device = 1) =>
        new() { Name = "x", Type = type, Size = size, DeviceId = device };
}
