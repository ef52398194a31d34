using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace BackupModule.Core.Encryption;

/// <summary>AES by the processor's instructions, without a call into a library. May be shared by threads.</summary>
internal sealed unsafe class AesNiEngine(MasterKey key) : IAesEngine
{
    private const int BlockSize = 16;
    private const int BlocksAtOnce = 8;
    private const int Rounds = 14;

    private readonly Vector128<byte>[] _contentKeys = AesSchedule.Expand(key.Encrypt);
    private readonly Vector128<byte>[] _nonceKeys = AesSchedule.Expand(key.AuthenticatorKey);

    /// <summary>True if the processor has the instructions.</summary>
    public static bool IsSupported => X86Aes.IsSupported;

    /// <inheritdoc/>
    public void EncryptNonce(ReadOnlySpan<byte> iv, Span<byte> encrypted) =>
        Encrypt(Vector128.Create(iv), _nonceKeys).CopyTo(encrypted);

    /// <inheritdoc/>
    public void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> target)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(iv);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
        target = target[..source.Length];
        fixed (byte* from = source)
        fixed (byte* to = target)
        fixed (Vector128<byte>* keys = _contentKeys)
        {
            int done = TransformGroups(keys, ref high, ref low, from, to, source.Length);
            for (; done + BlockSize <= source.Length; done += BlockSize)
            {
                (Encrypt(Next(ref high, ref low), _contentKeys) ^ Vector128.Load(from + done)).Store(to + done);
            }

            if (done < source.Length)
            {
                Vector128<byte> last = Encrypt(Next(ref high, ref low), _contentKeys);
                for (int i = 0; done < source.Length; done++, i++)
                {
                    to[done] = (byte)(from[done] ^ last.GetElement(i));
                }
            }
        }
    }

    // Blocks are independent of each other: eight at once hide that an instruction takes several cycles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int TransformGroups(
        Vector128<byte>* keys, ref ulong high, ref ulong low, byte* from, byte* to, int length)
    {
        int done = 0;
        for (; done + (BlocksAtOnce * BlockSize) <= length; done += BlocksAtOnce * BlockSize)
        {
            Vector128<byte> key = keys[0];
            Vector128<byte> b0 = Next(ref high, ref low) ^ key, b1 = Next(ref high, ref low) ^ key;
            Vector128<byte> b2 = Next(ref high, ref low) ^ key, b3 = Next(ref high, ref low) ^ key;
            Vector128<byte> b4 = Next(ref high, ref low) ^ key, b5 = Next(ref high, ref low) ^ key;
            Vector128<byte> b6 = Next(ref high, ref low) ^ key, b7 = Next(ref high, ref low) ^ key;
            for (int round = 1; round < Rounds; round++)
            {
                key = keys[round];
                b0 = X86Aes.Encrypt(b0, key);
                b1 = X86Aes.Encrypt(b1, key);
                b2 = X86Aes.Encrypt(b2, key);
                b3 = X86Aes.Encrypt(b3, key);
                b4 = X86Aes.Encrypt(b4, key);
                b5 = X86Aes.Encrypt(b5, key);
                b6 = X86Aes.Encrypt(b6, key);
                b7 = X86Aes.Encrypt(b7, key);
            }

            key = keys[Rounds];
            byte* source = from + done;
            byte* target = to + done;
            (X86Aes.EncryptLast(b0, key) ^ Vector128.Load(source)).Store(target);
            (X86Aes.EncryptLast(b1, key) ^ Vector128.Load(source + 16)).Store(target + 16);
            (X86Aes.EncryptLast(b2, key) ^ Vector128.Load(source + 32)).Store(target + 32);
            (X86Aes.EncryptLast(b3, key) ^ Vector128.Load(source + 48)).Store(target + 48);
            (X86Aes.EncryptLast(b4, key) ^ Vector128.Load(source + 64)).Store(target + 64);
            (X86Aes.EncryptLast(b5, key) ^ Vector128.Load(source + 80)).Store(target + 80);
            (X86Aes.EncryptLast(b6, key) ^ Vector128.Load(source + 96)).Store(target + 96);
            (X86Aes.EncryptLast(b7, key) ^ Vector128.Load(source + 112)).Store(target + 112);
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Next(ref ulong high, ref ulong low)
    {
        Vector128<byte> counter = Vector128.Create(
            BinaryPrimitives.ReverseEndianness(high), BinaryPrimitives.ReverseEndianness(low)).AsByte();
        high += ++low == 0 ? 1ul : 0;
        return counter;
    }

    private static Vector128<byte> Encrypt(Vector128<byte> block, Vector128<byte>[] keys)
    {
        block ^= keys[0];
        for (int round = 1; round < keys.Length - 1; round++)
        {
            block = X86Aes.Encrypt(block, keys[round]);
        }

        return X86Aes.EncryptLast(block, keys[^1]);
    }
}
