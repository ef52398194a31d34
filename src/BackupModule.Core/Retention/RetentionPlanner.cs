using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Retention;

/// <summary>Decides for each backup whether it stays. The answer depends on nothing but what is given.</summary>
public static class RetentionPlanner
{
    // What a group loses without an objection, however few it has.
    private const int FewBackups = 3;

    // Clocks of machines that back up into one repository may differ by as much.
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(10);

    // How far the clock is believed to have gone on since the newest backup: a month has one more at least.
    private static readonly TimeSpan s_believedGap = TimeSpan.FromDays(31);

    /// <summary>Makes a plan.</summary>
    /// <param name="snapshots">All backups of the repository, in any order.</param>
    /// <param name="rules">Which of them stay.</param>
    /// <param name="now">The present, as this machine's clock tells it. Holds, locks and <c>KeepNewerThan</c> with an age
    /// depend on it; everything else is counted back from the newest backup.</param>
    /// <param name="options">What else to take into account.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: see <see cref="RetentionRules.Validate()"/>.</exception>
    public static RetentionPlan Plan(
        IReadOnlyCollection<Snapshot> snapshots, RetentionRules rules, DateTimeOffset now, RetentionOptions options)
    {
        rules.Validate();
        if (options.MaxRemovedShare is not (>= 0 and <= 1))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"{options.MaxRemovedShare} is not a share."),
                "Give a number from 0 to 1.");
        }

        Snapshot[] selected = [.. snapshots.Where(options.Selects)];
        IReadOnlyList<RetentionDecision> decisions = new RetentionJudge(rules, now, options).Judge(selected);
        List<RetentionObjection> objections = [];
        if (decisions.Any(static decision => !decision.IsKept))
        {
            Snapshot newest = snapshots.MaxBy(static snapshot => (snapshot.Time.Seconds, snapshot.Time.Nanoseconds))!;
            DateTimeOffset latest = newest.Time.ToDateTimeOffset();
            if (now < latest - s_clockTolerance)
            {
                objections.Add(ClockBehind(newest, now));
            }
            else if (now > latest + s_believedGap)
            {
                RetentionJudge sceptic = new(rules, latest + s_believedGap, options);
                objections.AddRange(ClockAhead(newest, now, decisions, sceptic.Judge(selected)));
            }

            objections.AddRange(UnusualShares(decisions, options.MaxRemovedShare));
        }

        return new RetentionPlan(rules, now, decisions, objections);
    }

    private static RetentionObjection ClockBehind(Snapshot newest, DateTimeOffset now) => new(
        RetentionObjectionKind.ClockBehind,
        $"The clock says {now:u}, but the backup {newest.Id.ShortText} is of {newest.Time.ToDateTimeOffset():u}.",
        "Set the clock, if it is wrong. If the backup was made under a wrong clock, remove it: "
        + $"Remove-Backup {newest.Id.ShortText}. With -Force, retention goes on as if both were right.");

    // Both lists are in the same order.
    private static IEnumerable<RetentionObjection> ClockAhead(
        Snapshot newest,
        DateTimeOffset now,
        IReadOnlyList<RetentionDecision> decisions,
        IReadOnlyList<RetentionDecision> sceptical)
    {
        int suspects = decisions.Zip(sceptical).Count(static pair => !pair.First.IsKept && pair.Second.IsKept);
        if (suspects > 0)
        {
            yield return new RetentionObjection(
                RetentionObjectionKind.ClockAhead,
                $"{suspects} backups would go only because the clock says {now:u}, long after the newest backup of "
                + $"{newest.Time.ToDateTimeOffset():u}.",
                "Set the clock, if it is wrong. If no backups were made since, see why; with -Force, the clock is "
                + "believed.");
        }
    }

    private static IEnumerable<RetentionObjection> UnusualShares(
        IReadOnlyList<RetentionDecision> decisions, double maxRemovedShare) =>
        from decision in decisions
        group decision by decision.Group into @group
        let removed = @group.Count(static decision => !decision.IsKept)
        let all = @group.Count()
        where removed > FewBackups && removed > maxRemovedShare * all
        select new RetentionObjection(
            RetentionObjectionKind.UnusualShare,
            $"{removed} of {all} backups of {@group.Key} would be removed.",
            "Look at Get-BackupRetentionPlan. If that is what you want, give -Force, or a larger -MaxRemovedShare.");
}
