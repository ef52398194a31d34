using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>Takes a tar archive apart while it arrives, in pieces of any length.</summary>
/// <remarks>The form is ustar (POSIX.1-1988), with sizes in base 256 from 8 GiB on. An archive may end with or without its two
/// empty blocks.</remarks>
/// <param name="receiver">Takes what is in it.</param>
internal sealed class TarSplitter(ITarReceiver receiver)
{
    private const int Block = 512;

    private readonly byte[] _header = new byte[Block];
    private int _headerFilled;
    private long _content;
    private int _padding;
    private bool _hasEnded;

    /// <summary>True between entries, where an archive may end.</summary>
    public bool IsAtEntry => _content == 0 && _padding == 0 && _headerFilled == 0;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="InvalidDataException">They are no tar.</exception>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            if (_content > 0)
            {
                int count = (int)Math.Min(_content, bytes.Length);
                await receiver.OnContentAsync(bytes[..count], cancellationToken).ConfigureAwait(false);
                bytes = bytes[count..];
                _content -= count;
                if (_content == 0)
                {
                    receiver.OnFileEnd();
                }
            }
            else if (_padding > 0)
            {
                int count = Math.Min(_padding, bytes.Length);
                bytes = bytes[count..];
                _padding -= count;
            }
            else
            {
                int count = Math.Min(Block - _headerFilled, bytes.Length);
                bytes.Span[..count].CopyTo(_header.AsSpan(_headerFilled));
                bytes = bytes[count..];
                _headerFilled += count;
                if (_headerFilled == Block)
                {
                    _headerFilled = 0;
                    ReadHeader();
                }
            }
        }
    }

    private void ReadHeader()
    {
        if (!_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            _hasEnded = true;
            return;
        }

        if (_hasEnded || !HasRightSum())
        {
            throw new InvalidDataException("the archive of the base backup is damaged");
        }

        string prefix = ReadText(345, 155);
        string path = prefix.Length > 0 ? $"{prefix}/{ReadText(0, 100)}" : ReadText(0, 100);
        string name = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        TarEntry entry = new(name, (uint)ReadNumber(100, 8) & 0x1ff, ReadNumber(124, 12), ReadText(157, 100))
        {
            ModifiedTime = FileTimestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(ReadNumber(136, 12))),
            UserId = (uint)ReadNumber(108, 8),
            GroupId = (uint)ReadNumber(116, 8),
        };
        switch ((char)_header[156])
        {
            case '0' or '\0':
                receiver.OnFile(entry);
                _content = entry.Size;
                _padding = (int)(-entry.Size & (Block - 1));
                if (_content == 0)
                {
                    receiver.OnFileEnd();
                }

                break;
            case '5':
                receiver.OnFolder(entry);
                break;
            case '2':
                receiver.OnLink(entry);
                break;
            default:
                throw new InvalidDataException($"the archive of the base backup holds '{name}' of an unknown kind");
        }
    }

    private string ReadText(int offset, int length)
    {
        ReadOnlySpan<byte> field = _header.AsSpan(offset, length);
        int end = field.IndexOf((byte)0);
        return RawText.Decode(end < 0 ? field : field[..end]);
    }

    private long ReadNumber(int offset, int length)
    {
        ReadOnlySpan<byte> field = _header.AsSpan(offset, length);
        if ((field[0] & 0x80) != 0)
        {
            return BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }

        long value = 0;
        foreach (byte digit in field.Trim(" \0"u8))
        {
            value = digit is >= (byte)'0' and <= (byte)'7'
                ? (value << 3) + (digit - '0')
                : throw new InvalidDataException("the archive of the base backup is damaged");
        }

        return value;
    }

    // The sum counts its own field as blanks.
    private bool HasRightSum()
    {
        int sum = 8 * ' ';
        for (int i = 0; i < Block; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : _header[i];
        }

        return sum == ReadNumber(148, 8);
    }
}

/// <summary>An entry of a tar archive.</summary>
/// <param name="Name">Its path, as raw text.</param>
/// <param name="Permissions">The nine permission bits.</param>
/// <param name="Size">Bytes of a file.</param>
/// <param name="Target">Of a link, where it leads.</param>
internal sealed record TarEntry(string Name, uint Permissions, long Size, string Target)
{
    /// <summary>When it was changed last.</summary>
    public FileTimestamp ModifiedTime { get; init; }

    /// <summary>The owner's number.</summary>
    public uint UserId { get; init; }

    /// <summary>The group's number.</summary>
    public uint GroupId { get; init; }
}
