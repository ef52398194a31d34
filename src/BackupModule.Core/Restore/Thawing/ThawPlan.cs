using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore.Thawing;

/// <summary>What must be thawed before a restore can read what it needs.</summary>
/// <param name="PacksNeeded">Packs of file contents that the restore reads.</param>
/// <param name="Packs">Those of them that cannot be read now.</param>
/// <param name="HasKnownTerms">True where the times and prices of <see cref="ArchiveClass"/> hold.</param>
public sealed record ThawPlan(int PacksNeeded, IReadOnlyList<ArchivedPack> Packs, bool HasKnownTerms)
{
    /// <summary>Nothing must be thawed.</summary>
    public static ThawPlan None { get; } = new(0, [], HasKnownTerms: false);

    /// <summary>True if everything can be read.</summary>
    public bool IsEmpty => Packs.Count == 0;

    /// <summary>Packs that nobody has asked for.</summary>
    public IEnumerable<ArchivedPack> ToRequest => Packs.Where(pack => pack.State == ArchiveState.Archived);

    /// <summary>Bytes of the packs that nobody has asked for.</summary>
    public long BytesToRequest => ToRequest.Sum(pack => pack.Size);

    /// <summary>Bytes of all packs that cannot be read now.</summary>
    public long Bytes => Packs.Sum(pack => pack.Size);

    /// <summary>The longest usual time until all can be read at this speed; null where it is not known.</summary>
    public TimeSpan? LongestWait(ThawSpeed speed)
    {
        List<ThawTerms?> terms = TermsAt(speed);
        return terms.Count == 0 || terms.Contains(null) ? null : terms.Max(term => term!.AtMost);
    }

    /// <summary>What asking for the packs costs at this speed, in US dollars by <see cref="ArchiveClass"/>'s prices; null
    /// where it is not known.</summary>
    public double? Price(ThawSpeed speed)
    {
        double price = 0;
        foreach (IGrouping<string, ArchivedPack> packs in ToRequest.GroupBy(pack => pack.StorageClass))
        {
            if (TermsOf(packs.Key, speed) is not { } terms)
            {
                return null;
            }

            price += terms.PriceOf(packs.Count(), packs.Sum(pack => pack.Size));
        }

        return price;
    }

    /// <summary>A sentence that says what must be thawed.</summary>
    public string Describe() =>
        $"{Packs.Count} of the {PacksNeeded} packs that the restore reads, {Size(Bytes)}, lie in an archive ("
        + string.Join(", ", Packs.Select(pack => pack.StorageClass).Distinct().Order(StringComparer.Ordinal)) + ")"
        + (Packs.Count - ToRequest.Count() is > 0 and var thawing ? $"; {thawing} of them are being thawed." : ".");

    /// <summary>A phrase that says how long thawing at this speed takes and what it costs.</summary>
    public string Describe(ThawSpeed speed)
    {
        List<ThawTerms?> terms = TermsAt(speed);
        string time = LongestWait(speed) is { } longest
            ? $"usually {Time(terms.Max(term => term!.AtLeast))} to {Time(longest)}"
            : "a time that only the provider knows";
        string price = Price(speed) is { } dollars
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{dollars:0.00} USD for thawing at Amazon's list price ({ArchiveClass.PricesOf}, {ArchiveClass.PricesRead})")
            : "a price that only the provider knows";
        return $"{speed} takes {time} and costs {price}";
    }

    /// <summary>As <see cref="Describe(ThawSpeed)"/>, for each speed that all packs can be thawed at.</summary>
    public string DescribeSpeeds() => string.Join("; ", Speeds().Select(Describe));

    private IEnumerable<ThawSpeed> Speeds() => Enum.GetValues<ThawSpeed>()
        .Where(speed => !HasKnownTerms || !TermsAt(speed).Contains(null));

    private static string Time(TimeSpan time) => time < TimeSpan.FromHours(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h");

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB");

    private List<ThawTerms?> TermsAt(ThawSpeed speed) =>
        [.. Packs.Select(pack => pack.StorageClass).Distinct().Select(name => TermsOf(name, speed))];

    private ThawTerms? TermsOf(string storageClass, ThawSpeed speed) =>
        HasKnownTerms ? ArchiveClass.Find(storageClass)?.At(speed) : null;
}
