using System;
using System.Buffers.Binary;
using System.Text;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>A message of the server. Its bytes are valid until the next one is read.</summary>
/// <param name="Type">The type's letter, as in the protocol's chapter "Message Formats".</param>
/// <param name="Payload">The bytes after the length.</param>
internal readonly record struct BackendMessage(char Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The text of each column of a DataRow; null for NULL.</summary>
    public string?[] ReadRow()
    {
        ReadOnlySpan<byte> bytes = Payload.Span;
        string?[] columns = new string?[BinaryPrimitives.ReadInt16BigEndian(bytes)];
        bytes = bytes[2..];
        for (int i = 0; i < columns.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            bytes = bytes[4..];
            if (length >= 0)
            {
                columns[i] = Encoding.UTF8.GetString(bytes[..length]);
                bytes = bytes[length..];
            }
        }

        return columns;
    }

    /// <summary>A field of an ErrorResponse or NoticeResponse; empty if it is not there.</summary>
    public string ReadField(char field)
    {
        ReadOnlySpan<byte> bytes = Payload.Span;
        while (bytes.Length > 1 && bytes[0] != 0)
        {
            int end = bytes.IndexOf((byte)0);
            if (bytes[0] == field)
            {
                return Encoding.UTF8.GetString(bytes[1..end]);
            }

            bytes = bytes[(end + 1)..];
        }

        return string.Empty;
    }
}
