using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Retention;

/// <summary>
/// Which backups stay. A backup stays if one of the rules keeps it. Rules that restic has, too, keep what
/// <c>restic forget</c> 0.14 keeps. The exact meaning of each is in <c>docs/retention.md</c>.
/// </summary>
public sealed record RetentionRules
{
    /// <summary>The number for as many as there are.</summary>
    public const int Unlimited = -1;

    /// <summary>24 hourly, 7 daily, 4 weekly and 12 monthly backups.</summary>
    public static RetentionRules Default { get; } = new()
    {
        KeepHourly = 24,
        KeepDaily = 7,
        KeepWeekly = 4,
        KeepMonthly = 12,
    };

    /// <summary>Keeps everything.</summary>
    public bool KeepAll { get; init; }

    /// <summary>How many of the newest backups stay; <see cref="Unlimited"/> for all, 0 for no such rule.</summary>
    public int KeepLast { get; init; }

    /// <summary>For how many of the last hours that have a backup the newest of the hour stays.</summary>
    public int KeepHourly { get; init; }

    /// <summary>For how many of the last days that have a backup the newest of the day stays.</summary>
    public int KeepDaily { get; init; }

    /// <summary>For how many of the last ISO weeks that have a backup the newest of the week stays.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>For how many of the last months that have a backup the newest of the month stays.</summary>
    public int KeepMonthly { get; init; }

    /// <summary>For how many of the last years that have a backup the newest of the year stays.</summary>
    public int KeepYearly { get; init; }

    /// <summary>Every backup stays that is not older than this, counted back from the newest one.</summary>
    public CalendarDuration? KeepWithin { get; init; }

    /// <summary>Of backups not older than this, counted back from the newest one, the newest of each hour stays.</summary>
    public CalendarDuration? KeepWithinHourly { get; init; }

    /// <summary>As <see cref="KeepWithinHourly"/>, of each day.</summary>
    public CalendarDuration? KeepWithinDaily { get; init; }

    /// <summary>As <see cref="KeepWithinHourly"/>, of each ISO week.</summary>
    public CalendarDuration? KeepWithinWeekly { get; init; }

    /// <summary>As <see cref="KeepWithinHourly"/>, of each month.</summary>
    public CalendarDuration? KeepWithinMonthly { get; init; }

    /// <summary>As <see cref="KeepWithinHourly"/>, of each year.</summary>
    public CalendarDuration? KeepWithinYearly { get; init; }

    /// <summary>Every backup stays that was made at this date or later, or that is not older than this age, counted back
    /// from the present.</summary>
    public DateOrAge? KeepNewerThan { get; init; }

    /// <summary>Every backup stays that was made before this date.</summary>
    public RetentionDate? KeepOlderThan { get; init; }

    /// <summary>Lists of tags: every backup stays that has all tags of one of them. An empty tag stands for a backup
    /// without tags. Null for none.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? KeepTags { get; init; }

    /// <summary>Rotation rules; null for none.</summary>
    public IReadOnlyList<RotationRule>? Rotations { get; init; }

    /// <summary>Rules for the backups of one kind, which are judged by these alone and apart from the others. Null for
    /// none.</summary>
    public IReadOnlyDictionary<BackupKind, RetentionRules>? ByKind { get; init; }

    private IEnumerable<(string Name, int Number)> Counts =>
    [
        (nameof(KeepLast), KeepLast), (nameof(KeepHourly), KeepHourly), (nameof(KeepDaily), KeepDaily),
        (nameof(KeepWeekly), KeepWeekly), (nameof(KeepMonthly), KeepMonthly), (nameof(KeepYearly), KeepYearly),
    ];

    private IEnumerable<CalendarDuration?> Durations =>
    [
        KeepWithin, KeepWithinHourly, KeepWithinDaily, KeepWithinWeekly, KeepWithinMonthly, KeepWithinYearly,
    ];

    private bool KeepsNothing =>
        !KeepAll
        && Counts.All(static count => count.Number == 0)
        && Durations.All(static duration => duration is null)
        && KeepNewerThan is null
        && KeepOlderThan is null
        && KeepTags is null or []
        && Rotations is null or [];

    /// <summary>Returns the rules if they make sense.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: they keep nothing, a number is negative, or what they say
    /// is impossible.</exception>
    public RetentionRules Validate()
    {
        Validate("The rules");
        foreach ((BackupKind kind, RetentionRules? rules) in ByKind ?? new Dictionary<BackupKind, RetentionRules>())
        {
            (rules ?? new RetentionRules()).Validate($"The rules for {kind} backups");
            if (rules!.ByKind is not null)
            {
                throw Refuse(
                    $"The rules for {kind} backups have rules by kind themselves.", "Give these at the top only.");
            }
        }

        return this;
    }

    private void Validate(string which)
    {
        if (Counts.FirstOrDefault(static count => count.Number < Unlimited) is { Name: { } name } negative)
        {
            throw Refuse(
                $"{which} say {name} {negative.Number}.", "Give a number, 0 for no such rule, or -1 for as many as there are.");
        }

        // JSON may have null wherever a list has members.
        if (KeepTags?.Any(static tags =>
            tags is not { Count: > 0 } || tags.Any(static tag => tag is null || tag.Contains(','))) == true)
        {
            throw Refuse(
                $"{which} have a list of tags that is empty, or a tag with a comma.",
                "Give the tags that a backup must have together as one list.");
        }

        if (Rotations?.Any(static rotation => rotation is null) == true)
        {
            throw Refuse($"{which} have a rotation rule that is empty.", "Give one such as 'every 6h for 2d', or leave it out.");
        }

        // Values that were never written are no durations, and would reach no backup at all.
        if (Durations.Any(static duration => duration == default(CalendarDuration))
            || KeepNewerThan is { Date: null, Age: null })
        {
            throw Refuse($"{which} have a duration that lasts no time.", "Give a duration such as 14d, or leave it out.");
        }

        if (KeepsNothing)
        {
            throw Refuse(
                $"{which} keep no backup at all.",
                "Give one rule at least, such as KeepLast 3, or KeepAll. To remove single backups, use Remove-Backup.");
        }
    }

    private static BackupException Refuse(string message, string guidance) =>
        new(BackupErrorKind.InvalidArgument, message, guidance);
}
