using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Windows;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Sources;

/// <summary>The parts of the Windows source that need no Windows.</summary>
public sealed class WindowsSourceTests
{
    private static readonly Gen<char> _unit =
        Gen.Frequency((3, Gen.Char['a', 'z']), (2, Gen.Char['\ud800', '\udfff']), (1, Gen.Char['\0', '\uffff']));

    [Fact]
    public void Every_name_comes_back_as_it_was()
    {
        _unit.Array[0, 20].Sample(static units =>
        {
            string name = new(units);
            Assert.Equal(name, WindowsText.FromRaw(WindowsText.ToRaw(name)));
        });
    }

    [Fact]
    public void A_lone_surrogate_becomes_its_three_bytes()
    {
        Assert.Equal("a\udced\udca0\udc80b", WindowsText.ToRaw("a\ud800b"));
        Assert.Equal(RawText.Decode([0xed, 0xbf, 0xbf]), WindowsText.ToRaw("\udfff"));
        Assert.Equal("\U0001f600", WindowsText.ToRaw("\U0001f600"));
    }

    [Fact]
    public void Bytes_that_Windows_cannot_name_become_the_replacement_character()
    {
        Assert.Equal("a\ufffdb", WindowsText.FromRaw(RawText.Decode([(byte)'a', 0xff, (byte)'b'])));
        Assert.Equal("\ufffd\ufffd", WindowsText.FromRaw(RawText.Decode([0xed, 0xa0])));
    }

    [Theory]
    [InlineData(@"C:\a\b", @"\\?\C:\a\b")]
    [InlineData("C:/a/b/", @"\\?\C:\a\b")]
    [InlineData("C:", @"\\?\C:\")]
    [InlineData(@"C:\", @"\\?\C:\")]
    [InlineData(@"\\server\share\x", @"\\?\UNC\server\share\x")]
    [InlineData(@"\\?\C:\x", @"\\?\C:\x")]
    public void Paths_are_spelled_without_limits(string path, string expected)
    {
        Assert.Equal(expected, WindowsPath.ToVerbatim(path));
    }

    [Fact]
    public void The_last_part_names_the_node()
    {
        Assert.Equal("b", WindowsPath.LastPart(@"C:\a/b\"));
        Assert.Equal("C:", WindowsPath.LastPart(@"C:\"));
    }

    [Theory]
    [InlineData(0x20u, 0u, NodeType.File, 438u)]
    [InlineData(0x21u, 0u, NodeType.File, 292u)]
    [InlineData(0x10u, 0u, NodeType.Directory, 2147484159u)]
    [InlineData(0x11u, 0u, NodeType.Directory, 2147484013u)]
    [InlineData(0x400u, 0xa000000cu, NodeType.SymbolicLink, 134218166u)]
    [InlineData(0x410u, 0xa000000cu, NodeType.SymbolicLink, 134218166u)]
    [InlineData(0x410u, 0xa0000003u, NodeType.Irregular, 524726u)]
    [InlineData(0x420u, 0x80000013u, NodeType.File, 438u)]
    [InlineData(0x410u, 0x9000601au, NodeType.Directory, 2147484159u)]
    public void Modes_are_the_ones_that_Go_makes_up(uint attributes, uint tag, NodeType type, uint mode)
    {
        FileFacts facts = new(attributes, 0, 0, 0, 0, tag);

        Assert.Equal((type, mode), (facts.Type, facts.Mode));
    }

    [Fact]
    public void Times_keep_their_hundred_nanoseconds()
    {
        // 1970-01-01 and 1969-12-31T23:59:59.9999999Z in 100 ns since 1601.
        FileFacts facts = new(0x20, 0, 116_444_736_000_000_000, 116_444_735_999_999_999, 7, 0);

        TreeNode node = new WindowsNodeFactory(TimeZoneInfo.Utc, recordAccessTime: true)
            .Create("f", facts, string.Empty, []);

        Assert.Equal(new FileTimestamp(-1, 999_999_900, 0), node.ModifiedTime);
        Assert.Equal(node.ModifiedTime, node.ChangeTime);
        Assert.Equal(new FileTimestamp(0, 0, 0), node.AccessTime);
        Assert.Equal((7ul, 0ul, 0ul, 0ul), (node.Size, node.Inode, node.DeviceId, node.Links));
    }

    [Fact]
    public void Generic_attributes_are_spelled_as_restic_does_and_read_back()
    {
        TreeNode node = new()
        {
            Name = "f",
            Type = NodeType.File,
            GenericAttributes = GenericAttributes.Write(0x01d9_8b3c_f123_4567, 33, [1, 0, 4, 128]),
        };

        Assert.Equal(
            new KeyValuePair<string, string>[]
            {
                new("windows.creation_time", "{\"LowDateTime\":4045620583,\"HighDateTime\":31034172}"),
                new("windows.file_attributes", "33"),
                new("windows.security_descriptor", "\"AQAEgA==\""),
            },
            node.GenericAttributes);
        Assert.Equal(0x01d9_8b3c_f123_4567, GenericAttributes.ReadCreationTime(node));
        Assert.Equal(33u, GenericAttributes.ReadFileAttributes(node));
        Assert.Equal([1, 0, 4, 128], GenericAttributes.ReadSecurityDescriptor(node));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("\"a\"")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("99999999999999")]
    public void Generic_attributes_that_make_no_sense_are_taken_for_none(string json)
    {
        TreeNode node = new()
        {
            Name = "f",
            Type = NodeType.File,
            GenericAttributes =
            [
                new("windows.creation_time", json), new("windows.file_attributes", json),
                new("windows.security_descriptor", json),
            ],
        };

        Assert.Null(GenericAttributes.ReadCreationTime(node));
        Assert.Null(GenericAttributes.ReadFileAttributes(node));
        Assert.Null(GenericAttributes.ReadSecurityDescriptor(node));
    }

    [Fact]
    public unsafe void Structures_have_the_size_that_Windows_documents()
    {
        Assert.Equal(592, sizeof(FindData));
        Assert.Equal(52, sizeof(HandleInformation));
    }
}
