using System;
using System.IO;
using System.Runtime.Versioning;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Local;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BackupModule.Tests.Storage;

/// <summary>Large reads past the page cache give the same bytes as ordinary ones, and are left to these where they
/// cannot be done or would not pay.</summary>
[SupportedOSPlatform("linux")]
public sealed class DirectReaderTests : IDisposable
{
    private const int Block = AlignedMemory.Alignment;
    private const int Large = 1024 * 1024;
    private const int FileLength = (3 * Large) + 1234;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = TestData.Generate("pack", FileLength);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, Large)]
    [InlineData(0, Large + 1)]
    [InlineData(0, FileLength)]
    [InlineData(1, Large)]
    [InlineData(1, FileLength - 1)]
    [InlineData(Block - 1, Large)]
    [InlineData(Block - 1, Large + 1)]
    [InlineData(Block - 1, Large + 2)]
    [InlineData(Block, Large)]
    [InlineData(Block, Large + Block - 1)]
    [InlineData(Block + 1, Large + Block - 1)]
    [InlineData((2 * Block) - 1, Large + Block)]
    [InlineData(12345, Large + 54321)]
    [InlineData(FileLength - Large, Large)]
    public void Any_large_range_is_read_exactly_and_nothing_around_it_is_touched(int offset, int length)
    {
        using SafeFileHandle file = OpenUncached();
        using RangeBuffer buffer = RangeBuffer.Rent(offset, length + 1);
        buffer.Memory.Span.Fill(0x5a);

        int done = DirectReader.Read(file, offset, buffer.Memory.Span[..length]);

        Assert.Equal(length, done);
        Assert.True(buffer.Memory.Span[..length].SequenceEqual(_content.AsSpan(offset, length)));
        Assert.Equal(0x5a, buffer.Memory.Span[length]);
        Assert.False(PageCache.HoldsMost(file, 0, FileLength));
    }

    [Theory]
    [InlineData(0, FileLength + 1, FileLength)]
    [InlineData(5, FileLength + (3 * Block), FileLength - 5)]
    [InlineData(FileLength - 10, Large, 10)]
    [InlineData(FileLength, Large, 0)]
    [InlineData(FileLength + 10, Large, 0)]
    [InlineData(FileLength + (10 * Block), Large, 0)]
    public void A_range_beyond_the_end_gives_what_there_is(int offset, int length, int expected)
    {
        using SafeFileHandle file = OpenUncached();
        using RangeBuffer buffer = RangeBuffer.Rent(offset, length);

        int done = DirectReader.Read(file, offset, buffer.Memory.Span);

        Assert.Equal(expected, done);
        Assert.True(buffer.Memory.Span[..done].SequenceEqual(_content.AsSpan(Math.Min(offset, FileLength), done)));
    }

    [Fact]
    public void What_is_small_or_lies_across_the_blocks_is_left_to_an_ordinary_read()
    {
        using SafeFileHandle file = OpenUncached();
        using RangeBuffer buffer = RangeBuffer.Rent(0, FileLength);

        Assert.Equal(0, DirectReader.Read(file, 0, buffer.Memory.Span[..(Large - 1)]));
        Assert.Equal(0, DirectReader.Read(file, 1, buffer.Memory.Span[..Large]));
        Assert.Equal(Large, DirectReader.Read(file, 1, buffer.Memory.Span[1..(Large + 1)]));
    }

    [Fact]
    public void What_is_in_the_page_cache_is_taken_from_there()
    {
        using SafeFileHandle file = OpenUncached();
        byte[] half = new byte[FileLength / 2];
        using RangeBuffer buffer = RangeBuffer.Rent(0, FileLength);

        RandomAccess.Read(file, half, 0);

        Assert.Equal(0, DirectReader.Read(file, 0, buffer.Memory.Span[..half.Length]));
    }

    [Fact]
    public void The_file_can_be_read_in_the_ordinary_way_afterwards()
    {
        using SafeFileHandle file = OpenUncached();
        using RangeBuffer buffer = RangeBuffer.Rent(0, FileLength);
        Assert.Equal(FileLength, DirectReader.Read(file, 0, buffer.Memory.Span));
        byte[] bytes = new byte[10];

        Assert.Equal(10, RandomAccess.Read(file, bytes, 77));

        Assert.Equal(_content[77..87], bytes);
    }

    [Fact]
    public void Bytes_that_were_written_a_moment_ago_are_read()
    {
        using SafeFileHandle file = OpenUncached();
        using RangeBuffer buffer = RangeBuffer.Rent(0, FileLength);
        using (SafeFileHandle writer = File.OpenHandle(_folder["file"], access: FileAccess.Write))
        {
            RandomAccess.Write(writer, "new"u8, Large);
        }

        Assert.Equal(FileLength, DirectReader.Read(file, 0, buffer.Memory.Span));

        Assert.True(buffer.Memory.Span.Slice(Large, 3).SequenceEqual("new"u8));
    }

    [Fact]
    public void A_file_system_in_memory_is_left_to_an_ordinary_read()
    {
        using TemporaryDisk disk = new(_folder, "8m");
        string path = Path.Combine(disk.Path, "file");
        File.WriteAllBytes(path, _content);
        using SafeFileHandle file = File.OpenHandle(path);
        using RangeBuffer buffer = RangeBuffer.Rent(0, FileLength);

        Assert.Equal(0, DirectReader.Read(file, 0, buffer.Memory.Span));
    }

    private SafeFileHandle OpenUncached()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux's way past the page cache");
        string path = _folder["file"];
        File.WriteAllBytes(path, _content);
        Shell.Run("dd of=file oflag=nocache conv=notrunc,fdatasync count=0 2>/dev/null", _folder.Path);
        SafeFileHandle file = File.OpenHandle(path);
        bool isCached = PageCache.HoldsMost(file, 0, FileLength);
        bool hasDirectMode = DirectMode.TryEnter(file);
        DirectMode.Leave(file);
        if (isCached || !hasDirectMode)
        {
            file.Dispose();
            Assert.Skip("The folder for temporary files is on a file system without direct reads.");
        }

        return file;
    }
}
