using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>Reads binary logs of form 4, which MariaDB and MySQL share.</summary>
/// <remarks>See "Binary Log File Format" of either server: a magic number, then events, each with a header of 19 bytes: time
/// (4 bytes, little-endian), kind (1), server (4), length of the event (4), place of the next (4), flags (2).</remarks>
internal static class BinlogEvents
{
    /// <summary>Where the first event is.</summary>
    public const int FirstPosition = 4;

    private const int HeaderSize = 19;
    private const int BodySize = 25;
    private const byte MySqlGtid = 33;
    private const byte MySqlAnonymousGtid = 34;
    private const byte MariaDbGtid = 162;

    // Events that belong to no transaction: the end of a log (3, 4), its description (15), heartbeats (27), lists of ids (35, 163),
    // checkpoints (161), the start of encryption (164).
    private static readonly byte[] s_outside = [3, 4, 15, 27, 35, 161, 163, 164];

    /// <summary>When the log was begun, to the second; null where it is empty yet.</summary>
    public static async Task<DateTimeOffset?> ReadStartAsync(Stream log, CancellationToken cancellationToken)
    {
        byte[] head = new byte[FirstPosition + HeaderSize];
        log.Position = 0;
        int read = await log.ReadAtLeastAsync(head, head.Length, false, cancellationToken).ConfigureAwait(false);
        return read == head.Length
            ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(FirstPosition)))
            : null;
    }

    /// <summary>Where the last whole event of a log ends.</summary>
    /// <exception cref="InvalidDataException">It is no binary log.</exception>
    public static async Task<long> FindEndAsync(Stream log, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderSize];
        long position = FirstPosition;
        while (true)
        {
            log.Position = position;
            int read = await log.ReadAtLeastAsync(header, HeaderSize, false, cancellationToken).ConfigureAwait(false);
            uint length = read == HeaderSize ? BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(9)) : 0;
            if (length < HeaderSize || position + length > log.Length)
            {
                return position;
            }

            position += length;
        }
    }

    /// <summary>Reads all transactions of a file, which may end in the middle of one.</summary>
    /// <exception cref="InvalidDataException">It is no binary log.</exception>
    public static async IAsyncEnumerable<BinlogTransaction> ReadTransactionsAsync(
        Stream log, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[HeaderSize + BodySize];
        if (await log.ReadAtLeastAsync(buffer.AsMemory(0, FirstPosition), FirstPosition, false, cancellationToken)
            .ConfigureAwait(false) < FirstPosition || !IsMagic(buffer))
        {
            throw new InvalidDataException("It does not begin as a binary log does.");
        }

        long position = FirstPosition;
        BinlogTransaction? transaction = null;
        while (true)
        {
            log.Position = position;
            int read = await log.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken).ConfigureAwait(false);
            bool isWithin = read >= HeaderSize && !s_outside.Contains(buffer[4]);
            bool isStart = isWithin && buffer[4] is MariaDbGtid or MySqlGtid or MySqlAnonymousGtid;
            if (transaction is not null && (isStart || !isWithin))
            {
                yield return transaction with { End = position };
                transaction = null;
            }

            if (read < HeaderSize)
            {
                yield break;
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(9));
            if (length < HeaderSize)
            {
                throw new InvalidDataException($"The event at {position} has a length of {length} bytes.");
            }

            if (isStart)
            {
                DateTimeOffset at = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(buffer));
                transaction = new BinlogTransaction(position, position, at, read == buffer.Length ? ReadGtid(buffer) : null);
            }

            position += length;
        }
    }

    private static bool IsMagic(ReadOnlySpan<byte> start) => start is [0xfe, (byte)'b', (byte)'i', (byte)'n', ..];

    private static string? ReadGtid(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> body = head[HeaderSize..];
        return head[4] switch
        {
            MariaDbGtid => $"{BinaryPrimitives.ReadUInt32LittleEndian(body[8..])}-"
                + $"{BinaryPrimitives.ReadUInt32LittleEndian(head[5..])}-{BinaryPrimitives.ReadUInt64LittleEndian(body)}",
            MySqlGtid => $"{new Guid(body.Slice(1, 16), bigEndian: true)}:{BinaryPrimitives.ReadUInt64LittleEndian(body[17..])}",
            _ => null,
        };
    }
}
