using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore.Archives;

/// <summary>Writes ZIP with Unix modes and symbolic links, as Info-ZIP reads them.</summary>
internal sealed class ZipArchiveWriter(Stream output) : IArchiveWriter
{
    private const int UnixDirectory = 0x4000;
    private const int UnixFile = 0x8000;
    private const int UnixSymbolicLink = 0xa000;
    private static readonly DateTimeOffset s_earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_latest = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private readonly ZipArchive _archive = new(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);

    public async Task<string?> AddAsync(
        string path, TreeNode node, Stream? content, string? linkTo, CancellationToken cancellationToken)
    {
        int type = node.Type switch
        {
            NodeType.File => UnixFile,
            NodeType.Directory => UnixDirectory,
            NodeType.SymbolicLink => UnixSymbolicLink,
            _ => 0,
        };
        if (type == 0)
        {
            return $"ZIP has no entries for a {node.Type}";
        }

        string name = ArchiveName.Spell(path);
        ZipArchiveEntry entry = _archive.CreateEntry(node.Type == NodeType.Directory ? name + "/" : name);
        DateTimeOffset time = node.ModifiedTime.ToDateTimeOffset();
        entry.LastWriteTime = time < s_earliest ? s_earliest : time > s_latest ? s_latest : time;
        entry.ExternalAttributes = (type | (int)GoFileMode.ToUnixPermissions(node.Mode)) << 16;
        if (node.Type != NodeType.Directory)
        {
            Stream target = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                Stream source = content ?? new MemoryStream(RawText.Encode(node.LinkTarget));
                await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            }
        }

        return name == path ? null : "its name is not UTF-8; the bytes are spelled out";
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync().ConfigureAwait(false);
        await output.DisposeAsync().ConfigureAwait(false);
    }
}
