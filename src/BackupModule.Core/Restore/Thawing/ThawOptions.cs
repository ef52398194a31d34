using System;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Restore.Thawing;

/// <summary>How packs that lie in an archive are thawed for a restore.</summary>
/// <param name="Speed">How soon they are wanted.</param>
public sealed record ThawOptions(ThawSpeed Speed)
{
    /// <summary>For how many days copies are kept unless something else is said.</summary>
    public const int DefaultDays = 3;

    /// <summary>For how many days the provider keeps the copies that can be read, 1 or more. The restore must be done by
    /// then.</summary>
    public int Days { get; init; } = DefaultDays;

    /// <summary>How long to wait between questions whether more can be read.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);
}
