using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Storage;

/// <summary>An archive of Amazon S3, out of which objects must be thawed: what that takes.</summary>
/// <param name="Name">The storage class.</param>
/// <param name="Terms">The speeds that it has.</param>
/// <remarks>Times: Amazon S3 User Guide, "Archive retrieval options". Prices: Amazon's list for us-east-1 in US dollars, as
/// read in November 2026; other regions differ, and traffic out of the provider comes on top.</remarks>
public sealed record ArchiveClass(string Name, IReadOnlyList<ThawTerms> Terms)
{
    /// <summary>The day that the prices were read, for people.</summary>
    public const string PricesRead = "2026-11";

    /// <summary>The region whose prices they are.</summary>
    public const string PricesOf = "us-east-1";

    private static readonly ArchiveClass[] s_all =
    [
        new("GLACIER",
        [
            new(ThawSpeed.Expedited, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), 0.03, 10.00),
            new(ThawSpeed.Standard, TimeSpan.FromHours(3), TimeSpan.FromHours(5), 0.01, 0.05),
            new(ThawSpeed.Bulk, TimeSpan.FromHours(5), TimeSpan.FromHours(12), 0, 0),
        ]),
        new("DEEP_ARCHIVE",
        [
            new(ThawSpeed.Standard, TimeSpan.FromHours(9), TimeSpan.FromHours(12), 0.02, 0.10),
            new(ThawSpeed.Bulk, TimeSpan.FromHours(12), TimeSpan.FromHours(48), 0.0025, 0.025),
        ]),
    ];

    /// <summary>The archive with this name; null for classes whose objects can be read at any time, and unknown ones.
    /// </summary>
    public static ArchiveClass? Find(string? name) =>
        s_all.FirstOrDefault(archive => archive.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What thawing at this speed takes; null if the class does not have it.</summary>
    public ThawTerms? At(ThawSpeed speed) => Terms.FirstOrDefault(terms => terms.Speed == speed);
}
