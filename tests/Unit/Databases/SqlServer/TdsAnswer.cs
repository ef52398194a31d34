using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>The answer to a batch: rows, messages and errors, as tokens of MS-TDS.</summary>
internal sealed class TdsAnswer(Stream stream, CancellationToken cancellationToken) : IDisposable
{
    public const byte Packet = 0x04;

    private const ushort DoneError = 0x02;
    private const ushort DoneAttention = 0x20;

    private readonly MemoryStream _tokens = new();
    private ushort _done;

    /// <summary>The connection that is answered.</summary>
    public object Connection => stream;

    /// <summary>Adds rows. The type of a column is that of its first value; null takes the type of a text.</summary>
    public void AddRows(IReadOnlyList<string> columns, params object?[][] rows)
    {
        using BinaryWriter writer = new(_tokens, Encoding.Unicode, leaveOpen: true);
        writer.Write((byte)0x81);
        writer.Write((ushort)columns.Count);
        for (int i = 0; i < columns.Count; i++)
        {
            writer.Write(0);
            writer.Write((ushort)1);
            WriteType(writer, TypeOf(rows, i));
            writer.Write((byte)columns[i].Length);
            writer.Write(Encoding.Unicode.GetBytes(columns[i]));
        }

        foreach (object?[] row in rows)
        {
            writer.Write((byte)0xd1);
            for (int i = 0; i < columns.Count; i++)
            {
                WriteValue(writer, row[i], TypeOf(rows, i));
            }
        }
    }

    public void AddMessage(int number, string text) => AddMessage(0xab, number, 0, text);

    public void AddError(int number, byte severity, string text)
    {
        AddMessage(0xaa, number, severity, text);
        _done |= DoneError;
    }

    public void AcceptLogin()
    {
        using BinaryWriter writer = new(_tokens, Encoding.Unicode, leaveOpen: true);
        byte[] name = Encoding.Unicode.GetBytes("Stub");
        writer.Write((byte)0xad);
        writer.Write((ushort)(10 + name.Length));
        writer.Write((byte)1);
        writer.Write([0x74, 0, 0, 4]);
        writer.Write((byte)(name.Length / 2));
        writer.Write(name);
        writer.Write([16, 0, 4, 0]);
    }

    public void AcknowledgeAttention()
    {
        _tokens.SetLength(0);
        _done = DoneAttention;
    }

    /// <summary>Sends what there is, with more to come.</summary>
    public async Task SendAsync()
    {
        await TdsServer.WriteMessageAsync(stream, Packet, _tokens.ToArray(), isLast: false, cancellationToken);
        _tokens.SetLength(0);
    }

    public async Task EndAsync()
    {
        using (BinaryWriter writer = new(_tokens, Encoding.Unicode, leaveOpen: true))
        {
            writer.Write((byte)0xfd);
            writer.Write(_done);
            writer.Write((ushort)0);
            writer.Write(0L);
        }

        await TdsServer.WriteMessageAsync(stream, Packet, _tokens.ToArray(), isLast: true, cancellationToken);
    }

    public void Dispose() => _tokens.Dispose();

    private static Type TypeOf(object?[][] rows, int column)
    {
        foreach (object?[] row in rows)
        {
            if (row[column] is { } value)
            {
                return value.GetType();
            }
        }

        return typeof(string);
    }

    private static void WriteType(BinaryWriter writer, Type type)
    {
        writer.Write(
            type == typeof(int) ? [0x26, 4]
            : type == typeof(short) ? [0x26, 2]
            : type == typeof(long) ? [0x26, 8]
            : type == typeof(bool) ? [0x68, 1]
            : type == typeof(Guid) ? [0x24, 16]
            : type == typeof(decimal) ? [0x6c, 17, 25, 0]
            : type == typeof(DateTime) ? [0x2a, 7]
            : (byte[])[0xe7, 0x40, 0x1f, 0x09, 0x04, 0xd0, 0x00, 0x34]);
    }

    private static void WriteValue(BinaryWriter writer, object? value, Type type)
    {
        switch (value)
        {
            case null when type == typeof(string):
                writer.Write(ushort.MaxValue);
                break;
            case null:
                writer.Write((byte)0);
                break;
            case int number:
                writer.Write((byte)4);
                writer.Write(number);
                break;
            case short number:
                writer.Write((byte)2);
                writer.Write(number);
                break;
            case long number:
                writer.Write((byte)8);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write((byte)1);
                writer.Write(flag);
                break;
            case Guid id:
                writer.Write((byte)16);
                writer.Write(id.ToByteArray());
                break;
            case decimal number:
                int[] bits = decimal.GetBits(number);
                writer.Write((byte)17);
                writer.Write((byte)1);
                writer.Write(bits[0]);
                writer.Write(bits[1]);
                writer.Write(bits[2]);
                writer.Write(0);
                break;
            case DateTime time:
                writer.Write((byte)8);
                writer.Write(BitConverter.GetBytes(time.TimeOfDay.Ticks).AsSpan(0, 5));
                writer.Write(BitConverter.GetBytes((time.Date - DateTime.MinValue).Days).AsSpan(0, 3));
                break;
            case string text:
                writer.Write((ushort)(text.Length * 2));
                writer.Write(Encoding.Unicode.GetBytes(text));
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private void AddMessage(byte token, int number, byte severity, string text)
    {
        using BinaryWriter writer = new(_tokens, Encoding.Unicode, leaveOpen: true);
        byte[] message = Encoding.Unicode.GetBytes(text);
        writer.Write(token);
        writer.Write((ushort)(14 + message.Length));
        writer.Write(number);
        writer.Write((byte)1);
        writer.Write(severity);
        writer.Write((ushort)text.Length);
        writer.Write(message);
        writer.Write((byte)0);
        writer.Write((byte)0);
        writer.Write(1);
    }
}
