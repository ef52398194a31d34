using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Hashing;

/// <summary>
/// A SHA-256 hash as the name of something: a blob by its plaintext, a stored file by its stored bytes.
/// Written as 64 lower-case hexadecimal digits.
/// </summary>
public readonly struct ObjectId : IEquatable<ObjectId>, IComparable<ObjectId>
{
    /// <summary>Length of an id in bytes.</summary>
    public const int Size = 32;

    /// <summary>Length of an id in hexadecimal digits.</summary>
    public const int HexLength = 64;

    // Big-endian words, so that comparing them compares the hexadecimal text.
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes the id from 32 raw bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public ObjectId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("An id has 32 bytes.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>True for 32 zero bytes, which name nothing.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The first 8 hexadecimal digits, as shown to people.</summary>
    public string ShortText => ToString()[..8];

    /// <summary>The first byte; restic's check subsets and the store's 256 pack folders go by it.</summary>
    public byte FirstByte => (byte)(_a >> 56);

    /// <summary>The first 64 bits, for hash tables: no other bits of a hash are more random.</summary>
    internal ulong HashBits => _a;

    /// <summary>Compares two ids.</summary>
    public static bool operator ==(ObjectId left, ObjectId right) => left.Equals(right);

    /// <summary>Compares two ids.</summary>
    public static bool operator !=(ObjectId left, ObjectId right) => !left.Equals(right);

    /// <summary>Orders two ids as their text sorts.</summary>
    public static bool operator <(ObjectId left, ObjectId right) => left.CompareTo(right) < 0;

    /// <summary>Orders two ids as their text sorts.</summary>
    public static bool operator >(ObjectId left, ObjectId right) => left.CompareTo(right) > 0;

    /// <summary>Orders two ids as their text sorts.</summary>
    public static bool operator <=(ObjectId left, ObjectId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders two ids as their text sorts.</summary>
    public static bool operator >=(ObjectId left, ObjectId right) => left.CompareTo(right) >= 0;

    /// <summary>The SHA-256 of the data, as an id.</summary>
    [SkipLocalsInit]
    public static ObjectId Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new ObjectId(hash);
    }

    /// <summary>A random id, as a new repository gets one.</summary>
    public static ObjectId Random()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new ObjectId(bytes);
    }

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not an id.</exception>
    public static ObjectId Parse(ReadOnlySpan<char> hex) =>
        TryParse(hex, out ObjectId id) ? id : throw new FormatException($"'{hex}' is not 64 hexadecimal digits.");

    /// <summary>Reads 64 lower-case hexadecimal digits; false if the text is anything else.</summary>
    [SkipLocalsInit]
    public static bool TryParse(ReadOnlySpan<char> hex, out ObjectId id)
    {
        Span<byte> ascii = stackalloc byte[HexLength];
        if (hex.Length == HexLength && Ascii.FromUtf16(hex, ascii, out _) == OperationStatus.Done)
        {
            return TryParse(ascii, out id);
        }

        id = default;
        return false;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits given as ASCII; false if the text is anything else.</summary>
    [SkipLocalsInit]
    public static bool TryParse(ReadOnlySpan<byte> hex, out ObjectId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length == HexLength
            && !hex.ContainsAnyInRange((byte)'A', (byte)'F')
            && Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done)
        {
            id = new ObjectId(bytes);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Writes the 32 raw bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>Writes the 64 hexadecimal digits as ASCII.</summary>
    [SkipLocalsInit]
    public void CopyHexTo(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, destination, out _);
    }

    /// <summary>True if the id's text starts with the given digits.</summary>
    public bool StartsWith(ReadOnlySpan<char> hexPrefix) =>
        ToString().AsSpan().StartsWith(hexPrefix, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Equals(ObjectId other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ObjectId other && Equals(other);

    /// <summary>32 bits of the id, which is a hash already.</summary>
    public override int GetHashCode() => (int)_a;

    /// <inheritdoc/>
    public int CompareTo(ObjectId other)
    {
        int order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    /// <summary>The 64 hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
