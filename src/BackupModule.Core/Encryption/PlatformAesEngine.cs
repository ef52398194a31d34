using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BackupModule.Core.Encryption;

/// <summary>AES by the platform's library, block by block (ECB) over counters. Serves one thread at a time.</summary>
internal sealed class PlatformAesEngine : IAesEngine
{
    // The keystream is made and used while it is in the first-level cache.
    private const int PartSize = 8 * 1024;
    private const int BlockSize = 16;

    private readonly Aes _content = Aes.Create();
    private readonly Aes _nonce = Aes.Create();
    private readonly byte[] _keystream = new byte[PartSize];

    /// <summary>AES under the key.</summary>
    public PlatformAesEngine(MasterKey key)
    {
        _content.SetKey(key.Encrypt);
        _nonce.SetKey(key.AuthenticatorKey);
    }

    /// <inheritdoc/>
    public void EncryptNonce(ReadOnlySpan<byte> iv, Span<byte> encrypted) =>
        _nonce.EncryptEcb(iv, encrypted, PaddingMode.None);

    /// <inheritdoc/>
    public void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> target)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(iv);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
        while (!source.IsEmpty)
        {
            int length = Math.Min(source.Length, PartSize);
            Span<byte> keystream = _keystream.AsSpan(0, (length + BlockSize - 1) & ~(BlockSize - 1));
            Span<ulong> counters = MemoryMarshal.Cast<byte, ulong>(keystream);
            for (int i = 0; i < counters.Length; i += 2)
            {
                counters[i] = BinaryPrimitives.ReverseEndianness(high);
                counters[i + 1] = BinaryPrimitives.ReverseEndianness(low);
                high += ++low == 0 ? 1ul : 0;
            }

            _content.EncryptEcb(keystream, keystream, PaddingMode.None);
            Xor(source[..length], keystream, target);
            source = source[length..];
            target = target[length..];
        }
    }

    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> keystream, Span<byte> target)
    {
        int i = 0;
        for (; i + Vector<byte>.Count <= source.Length; i += Vector<byte>.Count)
        {
            (new Vector<byte>(source[i..]) ^ new Vector<byte>(keystream[i..])).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
        {
            target[i] = (byte)(source[i] ^ keystream[i]);
        }
    }
}
