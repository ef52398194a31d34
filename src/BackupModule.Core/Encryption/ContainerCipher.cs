using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BackupModule.Core.Encryption;

/// <summary>
/// restic's encrypted container <c>IV (16) || ciphertext || MAC (16)</c>: AES-256-CTR with the whole IV as big-endian
/// counter, and Poly1305-AES over the ciphertext with the IV as nonce. Members may be called from many threads at once.
/// </summary>
public sealed class ContainerCipher
{
    /// <summary>How many bytes a container is longer than what it holds.</summary>
    public const int Overhead = IvSize + MacSize;

    private const int IvSize = 16;
    private const int MacSize = 16;
    private const int BlockSize = 16;

    private readonly MasterKey _key;
    private readonly ConcurrentBag<Engine> _engines = [];

    /// <summary>A cipher under the key.</summary>
    public ContainerCipher(MasterKey key) => _key = key;

    /// <summary>Seals the plaintext under a fresh random IV.</summary>
    /// <param name="plaintext">Any number of bytes; may not overlap the container.</param>
    /// <param name="container">Exactly <see cref="Overhead"/> bytes longer.</param>
    public void Seal(ReadOnlySpan<byte> plaintext, Span<byte> container)
    {
        Span<byte> iv = container[..IvSize];
        do
        {
            RandomNumberGenerator.Fill(iv);
        }
        while (!iv.ContainsAnyExcept((byte)0));
        SealWith(plaintext, container);
    }

    /// <summary>Seals into a new array.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        byte[] container = new byte[plaintext.Length + Overhead];
        Seal(plaintext, container);
        return container;
    }

    /// <summary>Checks the container's authenticity, then decrypts it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="plaintext">At least as long as the container less <see cref="Overhead"/>, rounded up to 16; may not
    /// overlap it.</param>
    /// <returns>False if the container is too short, or not sealed by this key, or changed since.</returns>
    public bool TryOpen(ReadOnlySpan<byte> container, Span<byte> plaintext)
    {
        if (container.Length < Overhead || !container[..IvSize].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        ReadOnlySpan<byte> iv = container[..IvSize];
        ReadOnlySpan<byte> ciphertext = container[IvSize..^MacSize];
        Span<byte> mac = stackalloc byte[MacSize];
        Engine engine = Rent();
        try
        {
            engine.Authenticate(iv, ciphertext, mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, container[^MacSize..]))
            {
                return false;
            }

            engine.FillKeystream(iv, plaintext[..RoundUp(ciphertext.Length)]);
        }
        finally
        {
            _engines.Add(engine);
        }

        Xor(plaintext[..ciphertext.Length], ciphertext);
        return true;
    }

    /// <summary>Opens into a new array; null if the container is not authentic.</summary>
    public byte[]? Open(ReadOnlySpan<byte> container)
    {
        if (container.Length < Overhead)
        {
            return null;
        }

        int length = container.Length - Overhead;
        byte[] plaintext = new byte[RoundUp(length)];
        if (!TryOpen(container, plaintext))
        {
            return null;
        }

        Array.Resize(ref plaintext, length);
        return plaintext;
    }

    /// <summary>The length of a buffer that <see cref="TryOpen"/> can decrypt so many bytes into.</summary>
    public static int RoundUp(int length) => checked(length + BlockSize - 1) & ~(BlockSize - 1);

    /// <summary>Seals under the IV that stands at the container's start.</summary>
    internal void SealWith(ReadOnlySpan<byte> plaintext, Span<byte> container)
    {
        if (container.Length != plaintext.Length + Overhead)
        {
            throw new ArgumentException("The container has the wrong length.", nameof(container));
        }

        Span<byte> iv = container[..IvSize];
        Span<byte> ciphertext = container[IvSize..^MacSize];
        Engine engine = Rent();
        try
        {
            // The last keystream block may reach into the MAC's place, which is written afterwards.
            engine.FillKeystream(iv, container.Slice(IvSize, RoundUp(plaintext.Length)));
            Xor(ciphertext, plaintext);
            engine.Authenticate(iv, ciphertext, container[^MacSize..]);
        }
        finally
        {
            _engines.Add(engine);
        }
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        Span<Vector<byte>> wide = MemoryMarshal.Cast<byte, Vector<byte>>(target);
        ReadOnlySpan<Vector<byte>> wideOther = MemoryMarshal.Cast<byte, Vector<byte>>(other);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] ^= wideOther[i];
        }

        for (int i = wide.Length * Vector<byte>.Count; i < target.Length; i++)
        {
            target[i] ^= other[i];
        }
    }

    private Engine Rent() => _engines.TryTake(out Engine? engine) ? engine : new Engine(_key);

    // AES objects are not documented as safe to share, so each caller borrows a pair.
    private sealed class Engine
    {
        private readonly Aes _content = Aes.Create();
        private readonly Aes _nonce = Aes.Create();
        private readonly MasterKey _key;

        public Engine(MasterKey key)
        {
            _key = key;
            _content.SetKey(key.Encrypt);
            _nonce.SetKey(key.AuthenticatorKey);
        }

        public void FillKeystream(ReadOnlySpan<byte> iv, Span<byte> keystream)
        {
            ulong high = BinaryPrimitives.ReadUInt64BigEndian(iv);
            ulong low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
            Span<ulong> counters = MemoryMarshal.Cast<byte, ulong>(keystream);
            for (int i = 0; i + 1 < counters.Length; i += 2)
            {
                counters[i] = BinaryPrimitives.ReverseEndianness(high);
                counters[i + 1] = BinaryPrimitives.ReverseEndianness(low);
                if (++low == 0)
                {
                    high++;
                }
            }

            if (!keystream.IsEmpty)
            {
                _content.EncryptEcb(keystream, keystream, PaddingMode.None);
            }
        }

        public void Authenticate(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, Span<byte> mac)
        {
            Span<byte> oneTimeKey = stackalloc byte[32];
            _key.AuthenticatorMultiplier.CopyTo(oneTimeKey);
            _nonce.EncryptEcb(iv, oneTimeKey[16..], PaddingMode.None);
            Sodium.OneTimeAuth(ciphertext, oneTimeKey, mac);
        }
    }
}
