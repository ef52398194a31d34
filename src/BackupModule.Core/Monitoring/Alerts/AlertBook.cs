using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Facts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Brings the catalog's alerts in line with what is wrong, and says whom that concerns now.</summary>
/// <remarks>Several processes may do so at once: each step is taken in the catalog before it is told, and by one of them
/// only. A process that ends between the two has told nobody; the alert is told again when its next time comes.</remarks>
public sealed class AlertBook(IAlertCatalog catalog)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(30);

    /// <summary>Opens, keeps and closes alerts. Each step is taken when it is asked for, so that it can be told before the
    /// next one is taken.</summary>
    /// <param name="assessment">What is wrong.</param>
    /// <param name="facts">The facts that it was found by.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What is to be told, in the order of the conditions; recoveries last, the oldest alert first.</returns>
    public async IAsyncEnumerable<AlertStep> ReconcileAsync(
        AlertAssessment assessment, WatchFacts facts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<AlertKey, AlertRecord> open = [];
        foreach (AlertRecord alert in facts.OpenAlerts)
        {
            open.TryAdd(AlertKey.Of(alert), alert);
        }

        IReadOnlyList<AlertRecord>? history = null;
        foreach (AlertCondition condition in assessment.Conditions)
        {
            AlertStep? step;
            if (open.Remove(condition.Key, out AlertRecord? alert))
            {
                step = await KeepAsync(alert, condition, facts.Now, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                history ??= await catalog.ListAlertsAsync(facts.Now - s_memory, cancellationToken)
                    .ConfigureAwait(false);
                step = await OpenAsync(condition, history, facts.Now, cancellationToken).ConfigureAwait(false);
            }

            if (step is not null)
            {
                yield return step;
            }
        }

        foreach (AlertRecord alert in open.Values.Where(alert => !assessment.IsUndecided(alert))
            .OrderBy(static alert => alert.OpenedAt)
            .ThenBy(static alert => alert.Kind))
        {
            if (await CloseAsync(alert, facts, cancellationToken).ConfigureAwait(false) is { } step)
            {
                yield return step;
            }
        }
    }

    /// <summary>Takes a step back that nobody could be told of, so that the next pass tries again. A recovery is not taken
    /// back.</summary>
    public Task TakeBackAsync(AlertStep step, CancellationToken cancellationToken) =>
        step.Untold is { } untold
            ? catalog.ReplaceAlertAsync(step.Event.Alert, untold, cancellationToken)
            : Task.CompletedTask;

    private async Task<AlertStep?> OpenAsync(
        AlertCondition condition,
        IReadOnlyList<AlertRecord> history,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        AlertRecord? last = history
            .Where(alert => AlertKey.Of(alert) == condition.Key && now - alert.ClosedAt < AlertBackoff.HoldDown)
            .MaxBy(static alert => alert.ClosedAt);
        AlertRecord untold = new()
        {
            AlertId = AlertRecord.NewId(now),
            Kind = condition.Kind,
            Severity = condition.Severity,
            PolicyName = condition.PolicyName,
            Subject = condition.Subject,
            Message = condition.Message,
            Guidance = condition.Guidance,
            OpenedAt = now,
            SeenAt = now,
            NotifiedAt = last?.NotifiedAt,
            Notifications = last?.Notifications ?? 0,
        };
        bool isTold = last is null || condition.Severity > last.Severity || AlertBackoff.IsDue(untold, now);
        AlertRecord opened = isTold ? Told(untold, now) : untold;
        return await catalog.OpenAlertAsync(opened, cancellationToken).ConfigureAwait(false) && isTold
            ? new AlertStep(new AlertEvent(AlertEventKind.Opened, opened, opened.Message, now), untold)
            : null;
    }

    private async Task<AlertStep?> KeepAsync(
        AlertRecord alert, AlertCondition condition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool isWorse = condition.Severity > alert.Severity;
        AlertRecord seen = alert with
        {
            Severity = isWorse ? condition.Severity : alert.Severity,
            Message = condition.Message,
            Guidance = condition.Guidance,
            SeenAt = now,
        };
        bool isTold = isWorse || AlertBackoff.IsDue(seen, now);
        AlertRecord kept = isTold ? Told(seen, now) : seen;
        return await catalog.ReplaceAlertAsync(alert, kept, cancellationToken).ConfigureAwait(false) && isTold
            ? new AlertStep(
                new AlertEvent(
                    alert.NotifiedAt >= alert.OpenedAt ? AlertEventKind.Repeated : AlertEventKind.Opened,
                    kept,
                    kept.Message,
                    now),
                seen with { Severity = alert.Severity })
            : null;
    }

    // Who was not told that it is wrong need not be told that it is right.
    private async Task<AlertStep?> CloseAsync(
        AlertRecord alert, WatchFacts facts, CancellationToken cancellationToken)
    {
        AlertRecord closed = alert with { ClosedAt = facts.Now };
        return await catalog.ReplaceAlertAsync(alert, closed, cancellationToken).ConfigureAwait(false)
            && alert.NotifiedAt >= alert.OpenedAt
                ? new AlertStep(
                    new AlertEvent(AlertEventKind.Recovered, closed, RecoveryText.Of(closed, facts), facts.Now), Untold: null)
                : null;
    }

    private static AlertRecord Told(AlertRecord alert, DateTimeOffset now) =>
        alert with { NotifiedAt = now, Notifications = alert.Notifications + 1 };
}
