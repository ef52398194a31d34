using System;
using BackupModule.Core.Hashing;

namespace BackupModule.Scale.Generating;

/// <summary>Ids of nothing, the same in every run.</summary>
internal sealed class RandomIds(int seed)
{
    private readonly Random _random = new(seed);

    public ObjectId Next()
    {
        Span<byte> bytes = stackalloc byte[ObjectId.Size];
        _random.NextBytes(bytes);
        return new ObjectId(bytes);
    }

    public uint NextLength(int average) => (uint)_random.Next(average / 2, average * 3 / 2);
}
