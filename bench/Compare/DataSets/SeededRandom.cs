using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace BackupModule.Compare.DataSets;

/// <summary>
/// The same numbers from the same seed on every machine, at several gigabytes a second: xoshiro256** by Blackman and
/// Vigna, seeded by SplitMix64 (https://prng.di.unimi.it).
/// </summary>
internal sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Starts the sequence that belongs to the three numbers.</summary>
    /// <param name="seed">Which data set.</param>
    /// <param name="item">Which item of it.</param>
    /// <param name="generation">Which of the item's contents.</param>
    public SeededRandom(ulong seed, long item = 0, int generation = 0)
    {
        ulong state = seed;
        state = Mix(ref state) ^ (ulong)item;
        state = Mix(ref state) ^ (ulong)generation;
        _a = Mix(ref state);
        _b = Mix(ref state);
        _c = Mix(ref state);
        _d = Mix(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number from 0 to below the limit.</summary>
    public int Next(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number from the first to below the second.</summary>
    public int Next(int from, int limit) => from + Next(limit - from);

    /// <summary>Fills the buffer.</summary>
    public void Fill(Span<byte> buffer)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(buffer);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Next();
        }

        Span<byte> rest = buffer[(words.Length * sizeof(ulong))..];
        if (!rest.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(last, Next());
            last[..rest.Length].CopyTo(rest);
        }
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
