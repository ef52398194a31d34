using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>
/// Finds the commits in a server's log as it is streamed: of each record the header is read, of a commit's nothing else.
/// </summary>
/// <remarks>The format is that of <c>xlog_internal.h</c> and <c>xlogrecord.h</c> in PostgreSQL's source, in the byte order of all
/// machines but a few: pages with a header each, the first of a segment a longer one; records at multiples of eight bytes, which
/// go on behind the next page's header; a record that switches to the next segment leaves the rest of its own to zeros.</remarks>
/// <param name="start">Where the first byte is in the log: the begin of a page.</param>
/// <param name="pageSize">The size of the log's pages in bytes.</param>
/// <param name="segmentSize">The size of a segment in bytes.</param>
internal sealed class WalCommitReader(Lsn start, int pageSize, int segmentSize)
{
    private const int ShortPageHeader = 24;
    private const int LongPageHeader = 40;
    private const int RecordHeader = 24;
    private const int Alignment = 8;

    private const byte XlogManager = 0;
    private const byte SwitchInfo = 0x40;
    private const byte InfoMask = 0xF0;

    private const byte TransactionManager = 1;
    private const byte TransactionInfoMask = 0x70;
    private const byte CommitInfo = 0x00;
    private const byte CommitPreparedInfo = 0x30;

    private readonly byte[] _page = new byte[LongPageHeader];
    private readonly byte[] _record = new byte[RecordHeader];
    private readonly List<WalCommit> _commits = [];
    private ulong _position = start.Value;
    private ulong _recordStart;
    private int _recordBytes;

    // Of the record: bytes that are still to come after its header, and then those up to where the next one may begin.
    private long _body;
    private int _padding;
    private bool _isSwitching;

    /// <summary>The commits so far, as they come in the log.</summary>
    public IReadOnlyList<WalCommit> Commits => _commits;

    /// <summary>Where the next byte is in the log.</summary>
    public Lsn Position => new(_position);

    // Bytes of a record that the next page's header has to announce.
    private long Unread => _recordBytes > 0
        ? BinaryPrimitives.ReadUInt32LittleEndian(_record) - _recordBytes
        : _body;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="InvalidDataException">They are no log of this kind.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = TakePart(bytes);
            bytes = bytes[count..];
            _position += (ulong)count;
            if (_position % (ulong)segmentSize == 0)
            {
                _isSwitching = false;
            }
        }
    }

    // One part of one page.
    private int TakePart(ReadOnlySpan<byte> bytes)
    {
        int offset = (int)(_position % (ulong)pageSize);
        int header = (_position - (ulong)offset) % (ulong)segmentSize == 0 ? LongPageHeader : ShortPageHeader;
        int left = Math.Min(bytes.Length, pageSize - offset);
        if (_isSwitching)
        {
            return left;
        }

        if (offset < header)
        {
            int count = Fill(_page, offset, header, bytes);
            if (offset + count == header)
            {
                CheckPage();
            }

            return count;
        }

        if (_body > 0)
        {
            int count = (int)Math.Min(left, _body);
            _body -= count;
            return count;
        }

        if (_padding > 0)
        {
            int count = Math.Min(left, _padding);
            _padding -= count;
            return count;
        }

        return TakeRecord(bytes[..left]);
    }

    private int TakeRecord(ReadOnlySpan<byte> bytes)
    {
        if (_recordBytes == 0)
        {
            _recordStart = _position;
        }

        int count = Fill(_record, _recordBytes, RecordHeader, bytes);
        _recordBytes += count;
        if (_recordBytes == RecordHeader)
        {
            _recordBytes = 0;
            ReadRecord();
        }

        return count;
    }

    private void ReadRecord()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_record);
        if (length < RecordHeader)
        {
            throw new InvalidDataException($"the record at {new Lsn(_recordStart)} has a length of {length} bytes");
        }

        _body = length - RecordHeader;
        _padding = (int)((Alignment - (length % Alignment)) % Alignment);
        uint transaction = BinaryPrimitives.ReadUInt32LittleEndian(_record.AsSpan(4));
        byte info = _record[16];
        switch (_record[17])
        {
            case XlogManager when (info & InfoMask) == SwitchInfo:
                _isSwitching = true;
                (_body, _padding) = (0, 0);
                break;
            case TransactionManager when (info & TransactionInfoMask) == CommitInfo:
                _commits.Add(new WalCommit(new Lsn(_recordStart), transaction));
                break;
            case TransactionManager when (info & TransactionInfoMask) == CommitPreparedInfo:
                _commits.Add(new WalCommit(new Lsn(_recordStart), TransactionId: null));
                break;
        }
    }

    // A page says where it is, and how much of a record that began before it is on it and after it.
    private void CheckPage()
    {
        ulong place = _position - (_position % (ulong)pageSize);
        ulong said = BinaryPrimitives.ReadUInt64LittleEndian(_page.AsSpan(8));
        if (said != place)
        {
            throw new InvalidDataException($"the log's page at {new Lsn(place)} says that it is at {new Lsn(said)}");
        }

        long continued = BinaryPrimitives.ReadUInt32LittleEndian(_page.AsSpan(16));
        if (place == start.Value)
        {
            _body = continued;
            _padding = (int)((Alignment - (continued % Alignment)) % Alignment);
        }
        else if (continued != Unread)
        {
            throw new InvalidDataException(
                $"the log's page at {new Lsn(place)} goes on with {continued} bytes of a record that has {Unread} left");
        }
    }

    private static int Fill(byte[] buffer, int from, int to, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, to - from);
        bytes[..count].CopyTo(buffer.AsSpan(from));
        return count;
    }
}
