using BackupModule.Core.Repositories.Trees;
using CsCheck;

namespace BackupModule.Tests.Repositories.Trees;

/// <summary>Generators of file times.</summary>
internal static class RandomTimes
{
    private const long SecondsPerDay = 86_400;

    private static readonly Gen<int> s_nanoseconds = Gen.OneOf(
        Gen.Const(0), Gen.Int[0, 999_999_999], Gen.Int[0, 999].Select(n => n * 1_000_000));

    private static readonly Gen<short> s_offset = Gen.OneOf(Gen.Const((short)0), Gen.Short[-14 * 60, 14 * 60]);

    /// <summary>Times whose year is 0 to 9999 in every zone.</summary>
    public static Gen<FileTimestamp> Any { get; } = Between(-62_167_219_200 + SecondsPerDay);

    /// <summary>Times that <see cref="System.DateTimeOffset"/> can hold.</summary>
    public static Gen<FileTimestamp> OfTheRuntime { get; } = Between(-62_135_596_800 + (3 * SecondsPerDay));

    private static Gen<FileTimestamp> Between(long first) => Gen.Select(
        Gen.OneOf(Gen.Long[first, 253_402_300_799 - SecondsPerDay], Gen.Long[-100_000, 5_000_000_000]),
        s_nanoseconds,
        s_offset).Select((seconds, nanoseconds, offset) => new FileTimestamp(seconds, nanoseconds, offset));
}
