using System;
using System.Buffers.Binary;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>The messages within a stream of the log ("Streaming Replication Protocol" in PostgreSQL's documentation).</summary>
internal static class ReplicationMessages
{
    /// <summary>Bytes before the log itself in an XLogData message.</summary>
    public const int DataHeader = 1 + 8 + 8 + 8;

    private const int KeepAliveLength = 1 + 8 + 8 + 1;

    // Times count microseconds from here.
    private static readonly DateTimeOffset s_epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A standby's status.</summary>
    /// <param name="written">What has arrived.</param>
    /// <param name="flushed">What is durable: the slot lets go of everything before it.</param>
    /// <param name="now">The time.</param>
    /// <param name="wantsReply">True to get a keepalive at once.</param>
    public static byte[] Status(Lsn written, Lsn flushed, DateTimeOffset now, bool wantsReply)
    {
        byte[] message = new byte[1 + 8 + 8 + 8 + 8 + 1];
        message[0] = (byte)'r';
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(1), written.Value);
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(9), flushed.Value);

        // Nothing is applied; a position there would make others wait for it.
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(25), (now - s_epoch).Ticks / TimeSpan.TicksPerMicrosecond);
        message[33] = wantsReply ? (byte)1 : (byte)0;
        return message;
    }

    /// <summary>The server's clock in an XLogData or keepalive message; null for others.</summary>
    public static DateTimeOffset? ReadClock(ReadOnlySpan<byte> message) => message switch
    {
        [(byte)'w', ..] when message.Length >= DataHeader => ReadTime(message[17..]),
        [(byte)'k', ..] when message.Length >= KeepAliveLength => ReadTime(message[9..]),
        _ => null,
    };

    /// <summary>Where the bytes of an XLogData message begin.</summary>
    public static Lsn ReadStart(ReadOnlySpan<byte> message) => new(BinaryPrimitives.ReadUInt64BigEndian(message[1..]));

    /// <summary>The end of the server's log in a message of either kind.</summary>
    public static Lsn ReadServerEnd(ReadOnlySpan<byte> message) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(message[(message[0] == 'w' ? 9 : 1)..]));

    /// <summary>True for a keepalive that wants an answer at once.</summary>
    public static bool WantsReply(ReadOnlySpan<byte> message) =>
        message is [(byte)'k', ..] && message.Length >= KeepAliveLength && message[17] != 0;

    private static DateTimeOffset ReadTime(ReadOnlySpan<byte> bytes) =>
        s_epoch.AddTicks(BinaryPrimitives.ReadInt64BigEndian(bytes) * TimeSpan.TicksPerMicrosecond);
}
