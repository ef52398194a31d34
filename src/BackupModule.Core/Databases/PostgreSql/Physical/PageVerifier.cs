using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>Compares the checksums of pages as they pass by.</summary>
/// <param name="pageSize">Bytes of a page.</param>
/// <param name="start">Where the backup began: later pages may be torn, and the log replaces them.</param>
internal sealed partial class PageVerifier(int pageSize, Lsn start)
{
    private const int SegmentBytes = 1024 * 1024 * 1024;
    private const int PageUpperOffset = 14;

    private readonly byte[] _partial = new byte[pageSize];
    private readonly List<DamagedPage> _damaged = [];
    private string? _file;
    private int _filled;
    private uint _block;

    /// <summary>Pages whose checksums were compared.</summary>
    public long Verified { get; private set; }

    /// <summary>Pages whose checksums were not right.</summary>
    public IReadOnlyList<DamagedPage> Damaged => _damaged;

    /// <summary>Begins a file, or one that is not of pages.</summary>
    /// <param name="path">Its path in the data directory, or below the tablespace.</param>
    public void Begin(string path)
    {
        Match match = Relation().Match(path);
        _file = match.Success ? path : null;
        _filled = 0;
        _block = match.Groups["segment"] is { Success: true } segment
            ? uint.Parse(segment.ValueSpan, CultureInfo.InvariantCulture) * (uint)(SegmentBytes / pageSize)
            : 0;
    }

    /// <summary>Looks at the file's next bytes.</summary>
    public void Add(ReadOnlySpan<byte> content)
    {
        if (_file is null)
        {
            return;
        }

        if (_filled > 0)
        {
            int count = Math.Min(pageSize - _filled, content.Length);
            content[..count].CopyTo(_partial.AsSpan(_filled));
            content = content[count..];
            _filled += count;
            if (_filled < pageSize)
            {
                return;
            }

            Verify(_partial);
            _filled = 0;
        }

        for (; content.Length >= pageSize; content = content[pageSize..])
        {
            Verify(content[..pageSize]);
        }

        content.CopyTo(_partial);
        _filled = content.Length;
    }

    private void Verify(ReadOnlySpan<byte> page)
    {
        uint block = _block++;

        // A page that was never written.
        if (BinaryPrimitives.ReadUInt16LittleEndian(page[PageUpperOffset..]) == 0)
        {
            return;
        }

        Lsn written = new(((ulong)BinaryPrimitives.ReadUInt32LittleEndian(page) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(page[4..]));
        if (written >= start)
        {
            return;
        }

        Verified++;
        if (BinaryPrimitives.ReadUInt16LittleEndian(page[8..]) != PageChecksum.Compute(page, block))
        {
            _damaged.Add(new DamagedPage(_file!, block));
        }
    }

    // Main, free space, visibility and init forks; temporary relations are not in a backup.
    [GeneratedRegex(@"(^|/)(global|base/\d+|PG_\d+_\d+/\d+)/\d+(_(fsm|vm|init))?(\.(?<segment>\d+))?$")]
    private static partial Regex Relation();
}

/// <summary>A page whose checksum is not right.</summary>
/// <param name="File">The file.</param>
/// <param name="Block">The page's number in the relation.</param>
internal readonly record struct DamagedPage(string File, uint Block)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}, block {Block}");
}
