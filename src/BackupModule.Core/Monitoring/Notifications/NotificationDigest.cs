using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>Gathers what many runs came to in one notification: "41 of 45 backups succeeded".</summary>
public static class NotificationDigest
{
    /// <summary>How many policies are named; the others are counted.</summary>
    private const int MostNamed = 20;

    /// <summary>Makes the notification.</summary>
    /// <param name="runs">The runs of the time span, in any order.</param>
    /// <param name="since">The beginning of the time span.</param>
    /// <param name="until">Its end.</param>
    /// <param name="hostName">This machine.</param>
    /// <returns>A notification that is critical if the newest run of a policy failed, a warning if another run did or if
    /// nothing ran at all, and otherwise says that all is well.</returns>
    public static Notification Build(
        IReadOnlyCollection<RunSummary> runs, DateTimeOffset since, DateTimeOffset until, string hostName)
    {
        List<PolicyRuns> policies =
        [
            .. runs
                .GroupBy(static run => run.PolicyName, StringComparer.OrdinalIgnoreCase)
                .Select(static group => new PolicyRuns([.. group.OrderBy(static run => run.Time)]))
                .OrderByDescending(static policy => policy.Severity)
                .ThenBy(static policy => policy.Name, StringComparer.OrdinalIgnoreCase),
        ];
        List<PolicyRuns> troubled = [.. policies.Where(static policy => policy.Severity > AlertSeverity.Info)];
        return new Notification
        {
            Event = NotificationEvent.Digest,
            Severity = runs.Count == 0 ? AlertSeverity.Warning : policies[0].Severity,
            HostName = hostName,
            Time = until,
            Title = Title(runs, troubled),
            Message = [.. Lines(policies, troubled)],
            Facts =
            [
                new NotificationFact("From", Format(since)),
                new NotificationFact("Until", Format(until)),
                new NotificationFact("Policies", Format(policies.Count)),
                new NotificationFact("Backups", Format(runs.Count)),
                new NotificationFact("Succeeded", Format(runs.Count(static run => run.Outcome == AlertSeverity.Info))),
                new NotificationFact("With warnings", Format(runs.Count(static run => run.Outcome == AlertSeverity.Warning))),
                new NotificationFact("Failed", Format(runs.Count(static run => run.Outcome == AlertSeverity.Critical))),
            ],
        };
    }

    private static string Title(IReadOnlyCollection<RunSummary> runs, List<PolicyRuns> troubled)
    {
        if (runs.Count == 0)
        {
            return "No backup has run";
        }

        int succeeded = runs.Count(static run => run.Outcome == AlertSeverity.Info);
        string title = $"{Format(succeeded)} of {Format(runs.Count)} backups succeeded";
        return troubled.Count == 0
            ? title
            : $"{title}; look at {string.Join(", ", troubled.Take(3).Select(static policy => policy.Name))}"
                + (troubled.Count > 3 ? $" and {Format(troubled.Count - 3)} more" : string.Empty);
    }

    private static IEnumerable<string> Lines(List<PolicyRuns> policies, List<PolicyRuns> troubled)
    {
        foreach (PolicyRuns policy in troubled.Take(MostNamed))
        {
            yield return policy.Describe();
        }

        if (troubled.Count > MostNamed)
        {
            yield return $"and {Format(troubled.Count - MostNamed)} more policies with warnings or failures";
        }

        int fine = policies.Count - troubled.Count;
        if (fine > 0)
        {
            yield return fine == 1
                ? $"{policies[^1].Name}: every backup succeeded"
                : $"{Format(fine)} {(troubled.Count > 0 ? "other " : string.Empty)}policies: every backup succeeded";
        }
    }

    private static string Format(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Format(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    /// <summary>The runs of one policy, oldest first; never none.</summary>
    private sealed class PolicyRuns(IReadOnlyList<RunSummary> runs)
    {
        private RunSummary Newest => runs[^1];

        public string Name => Newest.PolicyName;

        /// <summary>A failure that a later run made good is a warning.</summary>
        public AlertSeverity Severity => Newest.Outcome == AlertSeverity.Critical
            ? AlertSeverity.Critical
            : runs.Any(static run => run.Outcome > AlertSeverity.Info) ? AlertSeverity.Warning : AlertSeverity.Info;

        public string Describe()
        {
            int failed = runs.Count(static run => run.Outcome == AlertSeverity.Critical);
            int warned = runs.Count(static run => run.Outcome == AlertSeverity.Warning);
            List<string> counts = [];
            if (failed > 0)
            {
                counts.Add($"{Format(failed)} failed");
            }

            if (warned > 0)
            {
                counts.Add($"{Format(warned)} with warnings");
            }

            string state = Newest.Outcome switch
            {
                AlertSeverity.Info => "the newest succeeded",
                AlertSeverity.Warning => "the newest has warnings",
                _ => "the newest failed",
            };
            string? why = runs.LastOrDefault(static run => run.Outcome > AlertSeverity.Info)?.Error;
            return $"{Name}: {string.Join(", ", counts)} of {Format(runs.Count)}; {state}, {Format(Newest.Time)}"
                + (why is { Length: > 0 } ? $": {why}" : string.Empty);
        }
    }
}
