using System;

namespace BackupModule.Core.Storage;

/// <summary>What thawing objects takes.</summary>
/// <param name="Speed">The speed.</param>
/// <param name="AtLeast">The shortest usual time.</param>
/// <param name="AtMost">The longest usual time.</param>
/// <param name="PricePerGigabyte">US dollars for 10⁹ bytes.</param>
/// <param name="PricePerThousand">US dollars for 1,000 objects.</param>
public sealed record ThawTerms(
    ThawSpeed Speed, TimeSpan AtLeast, TimeSpan AtMost, double PricePerGigabyte, double PricePerThousand)
{
    /// <summary>The price of so much, in US dollars.</summary>
    public double PriceOf(long objects, long bytes) => (objects * PricePerThousand / 1e3) + (bytes * PricePerGigabyte / 1e9);
}
