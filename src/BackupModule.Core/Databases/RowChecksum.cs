using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Databases;

/// <summary>A checksum over the rows of a table that does not depend on their order: the sum, modulo 2^128, of the first half
/// of each row's SHA-256. A row that is there twice counts twice.</summary>
internal sealed class RowChecksum : IDisposable
{
    private readonly IncrementalHash _row = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private UInt128 _sum;

    /// <summary>How many bytes of values were added.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a row. Each value is hashed with its kind and length, so that values never run into one another.</summary>
    public void Add(IEnumerable<object?> values)
    {
        Span<byte> head = stackalloc byte[5];
        foreach (object? value in values)
        {
            (char kind, byte[] content) = Encode(value);
            head[0] = (byte)kind;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], content.Length);
            _row.AppendData(head);
            _row.AppendData(content);
            Bytes += content.Length + 1;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _row.GetHashAndReset(hash);
        _sum = unchecked(_sum + BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>The sum as 32 digits.</summary>
    public override string ToString() => _sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _row.Dispose();

    private static (char Kind, byte[] Content) Encode(object? value) => value switch
    {
        null or DBNull => ('n', []),
        byte[] bytes => ('b', bytes),
        string text => ('t', Encoding.UTF8.GetBytes(text)),
        double number => ('r', Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture))),
        IFormattable other => ('i', Encoding.UTF8.GetBytes(other.ToString(null, CultureInfo.InvariantCulture))),
        _ => ('o', Encoding.UTF8.GetBytes(value.ToString() ?? string.Empty)),
    };
}
