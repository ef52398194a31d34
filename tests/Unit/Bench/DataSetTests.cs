using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using BackupModule.Compare;
using BackupModule.Compare.DataSets;
using BackupModule.Compare.Measuring;
using Xunit;

namespace BackupModule.Tests.Bench;

/// <summary>The data that the comparison makes, at a small scale.</summary>
public sealed class DataSetTests : IDisposable
{
    private const double Scale = 0.005;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["media", "dump", "tiny", "image", "source"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_data_is_made_again(string name)
    {
        string first = Make(name, "first");
        string second = Make(name, "second");

        Assert.Equal(Describe(first), Describe(second));
        Assert.NotEmpty(Describe(first));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_touches_some_files_and_can_be_taken_back(string name)
    {
        string tree = Make(name, "data");
        Dictionary<string, string> before = Describe(tree);

        DataSetOf(name).Change(tree);
        Dictionary<string, string> changed = Describe(tree);
        DataSetOf(name).Undo(tree);

        Assert.NotEqual(before, changed);
        Assert.True(changed.Count(file => before.GetValueOrDefault(file.Key) != file.Value) <= 1 + (before.Count / 50));
        Assert.Equal(before, Describe(tree));
    }

    [Fact]
    public void One_block_of_an_image_in_a_hundred_changes()
    {
        const int BlockSize = 64 * 1024;
        string tree = Make("image", "data");
        byte[] before = File.ReadAllBytes(Path.Combine(tree, "disk.img"));
        DataSetOf("image").Change(tree);
        byte[] after = File.ReadAllBytes(Path.Combine(tree, "disk.img"));

        Assert.Equal(before.Length, after.Length);
        int changed = before.Chunk(BlockSize).Zip(after.Chunk(BlockSize))
            .Count(static pair => !pair.First.AsSpan().SequenceEqual(pair.Second));
        Assert.InRange(changed, 1, before.Length / BlockSize / 100);
    }

    [Fact]
    public void A_change_that_was_left_behind_is_taken_back_before_the_next_run()
    {
        DataFolder folder = new(DataSetOf("tiny"), _folder.Path, Scale);
        folder.Prepare();
        Dictionary<string, string> before = Describe(folder.Tree);
        folder.Change();

        DataFolder next = new(DataSetOf("tiny"), _folder.Path, Scale);
        next.Prepare();

        Assert.Equal(before, Describe(next.Tree));
    }

    [Fact]
    public void Data_of_another_scale_is_made_again()
    {
        DataFolder folder = new(DataSetOf("tiny"), _folder.Path, Scale);
        folder.Prepare();
        int files = Describe(folder.Tree).Count;

        DataFolder larger = new(new TinyFiles(2 * Scale), _folder.Path, 2 * Scale);
        Assert.False(larger.IsMade);
        larger.Prepare();

        Assert.True(larger.IsMade);
        Assert.Equal(2 * files, Describe(larger.Tree).Count);
    }

    [Fact]
    public void A_machine_with_too_few_files_is_told_what_to_install()
    {
        string tree = Directory.CreateDirectory(Path.Combine(_folder.Path, "tree")).FullName;
        string empty = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName;

        BenchmarkException failure = Assert.Throws<BenchmarkException>(() => new SourceFiles(1, [empty]).Make(tree));

        Assert.Contains("Install packages", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restored_tree_must_be_the_same_to_the_byte()
    {
        string expected = Make("tiny", "expected");
        string actual = Make("tiny", "actual");
        Assert.Empty(TreeComparison.FindDifferences(expected, actual));

        string[] files = Directory.GetFiles(actual, "*", SearchOption.AllDirectories);
        DateTime time = File.GetLastWriteTimeUtc(files[0]);
        byte[] content = File.ReadAllBytes(files[0]);
        content[^1] ^= 1;
        File.WriteAllBytes(files[0], content);
        File.SetLastWriteTimeUtc(files[0], time);
        File.Delete(files[1]);
        File.WriteAllText(Path.Combine(actual, "more"), "more");

        IReadOnlyList<string> differences = TreeComparison.FindDifferences(expected, actual);
        Assert.Contains(differences, static text => text.EndsWith("differs in its content", StringComparison.Ordinal));
        Assert.Contains(differences, static text => text.EndsWith("is missing", StringComparison.Ordinal));
        Assert.Contains("more was not in the source", differences);
    }

    // Real files are stood in for by other made ones, so that the test is the same on every machine.
    private IDataSet DataSetOf(string name) => name == "source"
        ? new SourceFiles(Scale / 5, [RealFiles()])
        : DataSetCatalog.At(Scale).Single(set => set.Name == name);

    private string RealFiles()
    {
        string folder = Path.Combine(_folder.Path, "real");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            new TinyFiles(Scale).Make(folder);
            for (int i = 0; i < 100; i++)
            {
                File.WriteAllBytes(Path.Combine(folder, $"library{i}.so"), new byte[20_000 + i]);
            }
        }

        return folder;
    }

    private string Make(string name, string folder)
    {
        string tree = Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName;
        DataSetOf(name).Make(tree);
        return tree;
    }

    private static Dictionary<string, string> Describe(string tree) => Directory
        .GetFiles(tree, "*", SearchOption.AllDirectories)
        .ToDictionary(
            file => Path.GetRelativePath(tree, file),
            static file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
