using System;
using System.Collections.Concurrent;
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
    private readonly AesNiEngine? _shared;
    private readonly ConcurrentBag<IAesEngine> _engines = [];

    /// <summary>A cipher under the key.</summary>
    public ContainerCipher(MasterKey key)
        : this(key, usesInstructions: AesNiEngine.IsSupported)
    {
    }

    /// <summary>A cipher that uses the processor's AES instructions, or the platform's library.</summary>
    internal ContainerCipher(MasterKey key, bool usesInstructions)
    {
        _key = key;
        _shared = usesInstructions ? new AesNiEngine(key) : null;
    }

    /// <summary>Seals the plaintext under a fresh random IV.</summary>
    /// <param name="plaintext">Any number of bytes; may not overlap the container.</param>
    /// <param name="container">Exactly <see cref="Overhead"/> bytes longer.</param>
    public void Seal(ReadOnlySpan<byte> plaintext, Span<byte> container)
    {
        RandomIv.Fill(container[..IvSize]);
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
        IAesEngine engine = Rent();
        try
        {
            Authenticate(engine, iv, ciphertext, mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, container[^MacSize..]))
            {
                return false;
            }

            engine.Transform(iv, ciphertext, plaintext);
            return true;
        }
        finally
        {
            Return(engine);
        }
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
        IAesEngine engine = Rent();
        try
        {
            engine.Transform(iv, plaintext, ciphertext);
            Authenticate(engine, iv, ciphertext, container[^MacSize..]);
        }
        finally
        {
            Return(engine);
        }
    }

    private void Authenticate(
        IAesEngine engine, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, Span<byte> mac)
    {
        Span<byte> oneTimeKey = stackalloc byte[2 * BlockSize];
        _key.AuthenticatorMultiplier.CopyTo(oneTimeKey);
        engine.EncryptNonce(iv, oneTimeKey[BlockSize..]);
        Sodium.OneTimeAuth(ciphertext, oneTimeKey, mac);
    }

    // The platform's AES objects are not documented as safe to share, so each caller borrows some.
    private IAesEngine Rent() =>
        _shared ?? (_engines.TryTake(out IAesEngine? engine) ? engine : new PlatformAesEngine(_key));

    private void Return(IAesEngine engine)
    {
        if (_shared is null)
        {
            _engines.Add(engine);
        }
    }
}
