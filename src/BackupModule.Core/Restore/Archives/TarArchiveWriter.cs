using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore.Archives;

/// <summary>Writes pax tar with modes, owners, times, links, devices and textual extended attributes.</summary>
internal sealed class TarArchiveWriter : IArchiveWriter
{
    private readonly TarWriter _writer;
    private readonly Stream _output;

    public TarArchiveWriter(Stream output)
    {
        _output = output;
        _writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
    }

    public async Task<string?> AddAsync(
        string path, TreeNode node, Stream? content, string? linkTo, CancellationToken cancellationToken)
    {
        TarEntryType? type = TypeOf(node, linkTo);
        if (type is null)
        {
            return $"tar has no entries for a {node.Type}";
        }

        (Dictionary<string, string> attributes, string? lost) = AttributesOf(node);
        string name = ArchiveName.Spell(path);
        PaxTarEntry entry = new(type.Value, node.Type == NodeType.Directory ? name + "/" : name, attributes)
        {
            Mode = (UnixFileMode)GoFileMode.ToUnixPermissions(node.Mode),
            Uid = checked((int)node.UserId),
            Gid = checked((int)node.GroupId),
            UserName = node.User,
            GroupName = node.Group,
            ModificationTime = node.ModifiedTime.ToDateTimeOffset(),
        };
        SetLinkOrDevice(entry, node, linkTo);
        if (linkTo is null && content is not null)
        {
            entry.DataStream = content;
        }

        await _writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
        return lost ?? (name == path ? null : "its name is not UTF-8; the bytes are spelled out");
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    private static TarEntryType? TypeOf(TreeNode node, string? linkTo) => linkTo is not null
        ? TarEntryType.HardLink
        : node.Type switch
        {
            NodeType.File => TarEntryType.RegularFile,
            NodeType.Directory => TarEntryType.Directory,
            NodeType.SymbolicLink => TarEntryType.SymbolicLink,
            NodeType.Fifo => TarEntryType.Fifo,
            NodeType.BlockDevice => TarEntryType.BlockDevice,
            NodeType.CharacterDevice => TarEntryType.CharacterDevice,
            _ => null,
        };

    private static void SetLinkOrDevice(PaxTarEntry entry, TreeNode node, string? linkTo)
    {
        if (linkTo is not null)
        {
            entry.LinkName = ArchiveName.Spell(linkTo);
        }
        else if (node.Type == NodeType.SymbolicLink)
        {
            entry.LinkName = ArchiveName.Spell(node.LinkTarget);
        }
        else if (node.Type is NodeType.BlockDevice or NodeType.CharacterDevice)
        {
            // glibc's encoding of dev_t.
            entry.DeviceMajor = (int)(((node.Device >> 8) & 0xfff) | ((node.Device >> 32) & ~0xffful));
            entry.DeviceMinor = (int)((node.Device & 0xff) | ((node.Device >> 12) & ~0xfful & 0xffffffff));
        }
    }

    // tar keeps attribute values in text records, so values that are not text cannot be carried.
    private static (Dictionary<string, string> Attributes, string? Lost) AttributesOf(TreeNode node)
    {
        Dictionary<string, string> attributes = [];
        string? lost = null;
        foreach (ExtendedAttribute attribute in node.ExtendedAttributes)
        {
            string value = Encoding.UTF8.GetString(attribute.Value);
            if (Encoding.UTF8.GetBytes(value).AsSpan().SequenceEqual(attribute.Value) && !value.Contains('\0', StringComparison.Ordinal))
            {
                attributes["SCHILY.xattr." + attribute.Name] = value;
            }
            else
            {
                lost = $"its attribute {attribute.Name} is not text";
            }
        }

        return (attributes, lost);
    }
}
