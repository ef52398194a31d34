using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Sources.Streams;
using Xunit;

namespace BackupModule.Tests.Databases.Agreement;

public sealed class AgreementComparerTests
{
    [Fact]
    public async Task What_is_in_one_of_both_alone_is_found()
    {
        UploadAgreement found = await CompareAsync(
            "/srv/up",
            ["a.jpg", "2024/b.jpg", "lost.jpg", "/etc/gone"],
            ["/srv/up/a.jpg", "/srv/up/2024/b.jpg", "/srv/up/orphan.jpg", "/srv/upper/other", "/etc/hosts"]);

        Assert.Equal((4, 2, 1), (found.Uploads, found.Dangling, found.Orphaned));
        Assert.Equal(["/srv/up/lost.jpg", "/etc/gone"], found.DanglingPaths);
        Assert.Equal(["/srv/up/orphan.jpg"], found.OrphanedPaths);
    }

    [Theory]
    [InlineData("./2024/../a.jpg")]
    [InlineData("/srv/up//a.jpg")]
    [InlineData("a.jpg")]
    public async Task Spellings_of_one_path_are_one(string upload)
    {
        UploadAgreement found = await CompareAsync("/srv/up/", [upload], ["/srv/up/a.jpg"]);

        Assert.Equal((0, 0), (found.Dangling, found.Orphaned));
    }

    [Fact]
    public async Task Paths_outside_the_folder_are_no_orphans_and_without_a_folder_nothing_is()
    {
        Assert.Equal(0, (await CompareAsync("/srv/up", ["/etc/hosts"], ["/etc/hosts", "/etc/passwd"])).Orphaned);
        Assert.Equal(0, (await CompareAsync(null, ["/etc/hosts"], ["/etc/hosts", "/etc/passwd"])).Orphaned);
        Assert.Equal(1, (await CompareAsync("/", ["/etc/hosts"], ["/etc/hosts", "/etc/passwd"])).Orphaned);
    }

    [Fact]
    public async Task Ten_of_each_kind_are_named_and_all_are_counted()
    {
        UploadAgreement found = await CompareAsync(
            "/up",
            [.. Enumerable.Range(0, 25).Select(static n => $"lost{n:d2}")],
            [.. Enumerable.Range(0, 300).Select(static n => $"/up/orphan{n:d3}")]);

        Assert.Equal((25, 300), (found.Dangling, found.Orphaned));
        Assert.Equal(Enumerable.Range(0, 10).Select(static n => $"/up/lost{n:d2}"), found.DanglingPaths);
        Assert.Equal(Enumerable.Range(0, 10).Select(static n => $"/up/orphan{n:d3}"), found.OrphanedPaths);
    }

    [Fact]
    public async Task A_list_is_read_as_it_was_written()
    {
        string[] paths = ["a", "with\nline end", new string('x', 200_000), "é/ü"];
        MemoryWriter writer = new();

        UploadFacts facts = await UploadList.WriteAsync(
            writer, Stream([paths[0], null, string.Empty, .. paths[1..]]), CancellationToken.None);
        List<string> read = await ReadAsync(writer.Content.ToArray());

        Assert.Equal(4, facts.Count);
        Assert.Equal(paths, read);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Encoding.UTF8.GetBytes("whole\0half")));
    }

    private static async Task<List<string>> ReadAsync(byte[] list)
    {
        List<string> read = [];
        using MemoryStream file = new(list);
        await foreach (string path in UploadList.ReadAsync(file, CancellationToken.None))
        {
            read.Add(path);
        }

        return read;
    }

    private static Task<UploadAgreement> CompareAsync(string? root, string[] uploads, string[] files) =>
        new AgreementComparer(root).CompareAsync(Stream(uploads), _ => Stream(files), CancellationToken.None);

    private static async IAsyncEnumerable<T> Stream<T>(T[] items)
    {
        await Task.Yield();
        foreach (T item in items)
        {
            yield return item;
        }
    }

    private sealed class MemoryWriter : IFolderWriter
    {
        public MemoryStream Content { get; } = new();

        public void AddFolder(StreamedEntry folder) => throw new NotSupportedException();

        public void AddLink(StreamedEntry link, string target) => throw new NotSupportedException();

        public System.IO.Stream OpenFile(StreamedEntry file, ContentCut cut)
        {
            Assert.Equal(UploadList.FileName, file.Path);
            return Content;
        }

        public bool TryAddStored(StreamedEntry file, StoredContent content) => throw new NotSupportedException();
    }
}
