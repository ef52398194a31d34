using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>How far the policies' schedules are, and who runs them. A lease is a row's runner, token and end; whoever wants
/// to write under it must name runner and token.</summary>
internal sealed class ScheduleTable(SqlDatabase database) : IScheduleCatalog
{
    private const string Select =
        """
        SELECT policy_name, next_due_at, jobs, suspended_at, suspended_until, suspend_reason, runner, lease_until
        FROM schedules
        """;

    private const string EnsureRow =
        "INSERT INTO schedules (policy_name, jobs, lease_token) VALUES (@policy, '[]', 0) ON CONFLICT DO NOTHING";

    private const string IsFree = "(runner IS NULL OR lease_until <= @clock)";

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScheduleState>> ListSchedulesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ScheduleState>>(
            async session =>
            {
                IReadOnlyList<ScheduleState> all = await session
                    .QueryAsync(Select, [], row => Read(session, row), cancellationToken)
                    .ConfigureAwait(false);
                return [.. all.OrderBy(static state => state.PolicyName, StringComparer.OrdinalIgnoreCase)];
            },
            nothing: [],
            cancellationToken);

    /// <inheritdoc/>
    public Task SetDueAsync(
        string policyName,
        DateTimeOffset? nextDueAt,
        IReadOnlyList<JobState> jobs,
        CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            await session.ExecuteAsync(EnsureRow, [("policy", policyName)], cancellationToken).ConfigureAwait(false);
            ScheduleState? stored = await session.FindAsync(
                $"{Select} WHERE {session.NameIs("policy_name", "@policy")}{session.Dialect.LockingRows}",
                [("policy", policyName)],
                row => Read(session, row),
                cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(
                $"""
                UPDATE schedules SET next_due_at = @due, jobs = @jobs
                WHERE {session.NameIs("policy_name", "@policy")}
                """,
                [
                    ("policy", policyName),
                    ("due", SqlTime.Format(nextDueAt)),
                    ("jobs", Write(Later(stored?.Jobs ?? [], jobs))),
                ],
                cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<ScheduleLease?> ClaimDueAsync(
        string runner,
        IReadOnlyCollection<string> policyNames,
        DateTimeOffset now,
        TimeSpan length,
        CancellationToken cancellationToken)
    {
        if (policyNames.Count == 0)
        {
            return null;
        }

        (string Name, object? Value)[] names = [.. policyNames.Select(static (name, i) => ($"p{i}", (object?)name))];
        return await LeaseAsync(
            session =>
                $"""
                policy_name = (SELECT policy_name FROM schedules
                    WHERE next_due_at <= @now AND {IsFree}
                        AND (suspended_at IS NULL OR suspended_until <= @now)
                        AND {session.Dialect.Folded("policy_name")} IN (
                            {string.Join(", ", names.Select(name => session.Dialect.Folded("@" + name.Name)))})
                    ORDER BY next_due_at, policy_name LIMIT 1{session.Dialect.LockingFreeRows})
                """,
            runner,
            length,
            [.. names, ("now", SqlTime.Format(now))],
            prepare: null,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ScheduleLease?> ClaimAsync(
        string runner, string policyName, TimeSpan length, CancellationToken cancellationToken) => LeaseAsync(
            session => $"{session.NameIs("policy_name", "@policy")} AND {IsFree}",
            runner,
            length,
            [("policy", policyName)],
            session => session.ExecuteAsync(EnsureRow, [("policy", policyName)], cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<ScheduleLease?> RenewAsync(ScheduleLease lease, TimeSpan length, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async session =>
            {
                DateTimeOffset until = await EndAsync(session, length, cancellationToken).ConfigureAwait(false);
                return await ChangeHeldAsync(
                    session, lease, "lease_until = @until", [("until", SqlTime.Format(until))], cancellationToken)
                    .ConfigureAwait(false)
                    ? lease with { Until = until }
                    : null;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SaveProgressAsync(
        ScheduleLease lease,
        DateTimeOffset? nextDueAt,
        IReadOnlyList<JobState> jobs,
        CancellationToken cancellationToken) => database.ChangeAsync(
            session => ChangeHeldAsync(
                session,
                lease,
                "next_due_at = @due, jobs = @jobs",
                [("due", SqlTime.Format(nextDueAt)), ("jobs", Write(jobs))],
                cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(ScheduleLease lease, CancellationToken cancellationToken) => database.ChangeAsync(
        session => ChangeHeldAsync(session, lease, "runner = NULL, lease_until = NULL", [], cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public Task SuspendAsync(
        string policyName,
        DateTimeOffset at,
        DateTimeOffset? until,
        string? reason,
        CancellationToken cancellationToken) => database.ChangeAsync(
            async session =>
            {
                await session.ExecuteAsync(EnsureRow, [("policy", policyName)], cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(
                    $"""
                    UPDATE schedules SET suspended_at = @at, suspended_until = @until, suspend_reason = @reason
                    WHERE {session.NameIs("policy_name", "@policy")}
                    """,
                    [
                        ("policy", policyName),
                        ("at", SqlTime.Format(at)),
                        ("until", SqlTime.Format(until)),
                        ("reason", reason),
                    ],
                    cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(string policyName, CancellationToken cancellationToken) => database.ChangeAsync(
        session => session.ExecuteAsync(
            $"""
            UPDATE schedules SET suspended_at = NULL, suspended_until = NULL, suspend_reason = NULL
            WHERE {session.NameIs("policy_name", "@policy")}
            """,
            [("policy", policyName)],
            cancellationToken),
        cancellationToken);

    /// <summary>Has the state of a policy's schedule count for its new name. A state that is there under the new name is of
    /// a policy that is gone.</summary>
    /// <exception cref="BackupException"><c>PolicyBusy</c>: a runner holds the lease, and knows the old name.</exception>
    public static async Task RenameAsync(
        SqlSession session, string oldName, string newName, CancellationToken cancellationToken)
    {
        DateTimeOffset clock = await session.Dialect.ReadClockAsync(session, cancellationToken).ConfigureAwait(false);
        ScheduleState? state = await session.FindAsync(
            $"{Select} WHERE {session.NameIs("policy_name", "@old")}{session.Dialect.LockingRows}",
            [("old", oldName)],
            row => Read(session, row),
            cancellationToken).ConfigureAwait(false);
        if (state is { Runner: { } runner, LeaseUntil: { } until } && until > clock)
        {
            throw new BackupException(
                BackupErrorKind.PolicyBusy,
                $"The policy '{oldName}' cannot be renamed while {runner} is running it.",
                "Try again when the run has ended; Get-BackupRun shows it.")
            {
                Subject = oldName,
                IsTransient = true,
            };
        }

        await RemoveAsync(session, newName, cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync(
            $"UPDATE schedules SET policy_name = @new WHERE {session.NameIs("policy_name", "@old")}",
            [("old", oldName), ("new", newName)],
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the state of a policy's schedule, and its lease.</summary>
    public static Task<int> RemoveAsync(SqlSession session, string policyName, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"DELETE FROM schedules WHERE {session.NameIs("policy_name", "@policy")}",
            [("policy", policyName)],
            cancellationToken);

    private Task<ScheduleLease?> LeaseAsync(
        Func<SqlSession, string> condition,
        string runner,
        TimeSpan length,
        (string, object?)[] values,
        Func<SqlSession, Task>? prepare,
        CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            if (prepare is not null)
            {
                await prepare(session).ConfigureAwait(false);
            }

            DateTimeOffset clock = await session.Dialect.ReadClockAsync(session, cancellationToken).ConfigureAwait(false);
            DateTimeOffset until = clock + length;
            return await session.FindAsync(
                $"""
                UPDATE schedules SET runner = @runner, lease_token = lease_token + 1, lease_until = @until
                WHERE {condition(session)}
                RETURNING policy_name, lease_token
                """,
                [.. values, ("clock", SqlTime.Format(clock)), ("until", SqlTime.Format(until)), ("runner", runner)],
                row => new ScheduleLease(row.GetString(0), runner, row.GetInt64(1), until),
                cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private static async Task<DateTimeOffset> EndAsync(
        SqlSession session, TimeSpan length, CancellationToken cancellationToken) =>
        await session.Dialect.ReadClockAsync(session, cancellationToken).ConfigureAwait(false) + length;

    private static async Task<bool> ChangeHeldAsync(
        SqlSession session,
        ScheduleLease lease,
        string change,
        (string, object?)[] values,
        CancellationToken cancellationToken) => await session.ExecuteAsync(
            $"""
            UPDATE schedules SET {change}
            WHERE {session.NameIs("policy_name", "@policy")} AND runner = @runner AND lease_token = @token
            """,
            [.. values, ("policy", lease.PolicyName), ("runner", lease.Runner), ("token", lease.Token)],
            cancellationToken).ConfigureAwait(false) > 0;

    // Whoever plans may have read the state before a runner wrote its progress: what was done stays done.
    private static IReadOnlyList<JobState> Later(IReadOnlyList<JobState> stored, IReadOnlyList<JobState> planned) =>
    [
        .. planned.Select(job => stored.FirstOrDefault(known => known.EntryName == job.EntryName) is { } known
            && known.HandledUntil > job.HandledUntil ? known : job),
    ];

    private static string Write(IReadOnlyList<JobState> jobs) =>
        JsonSerializer.Serialize(jobs, CatalogJsonContext.Default.IReadOnlyListJobState);

    private static ScheduleState Read(SqlSession session, DbDataReader row) => new()
    {
        PolicyName = row.GetString(0),
        NextDueAt = row.TimeOrNull(1),
        Jobs = ReadJobs(session, row.GetString(0), row.GetString(2)),
        SuspendedAt = row.TimeOrNull(3),
        SuspendedUntil = row.TimeOrNull(4),
        SuspendReason = row.TextOrNull(5),
        Runner = row.TextOrNull(6),
        LeaseUntil = row.TimeOrNull(7),
    };

    private static IReadOnlyList<JobState> ReadJobs(SqlSession session, string policyName, string jobs)
    {
        try
        {
            return JsonSerializer.Deserialize(jobs, CatalogJsonContext.Default.IReadOnlyListJobState) ?? [];
        }
        catch (JsonException failure)
        {
            throw session.Dialect.Damaged(
                $"holds a schedule's state of '{policyName}' that cannot be read: {failure.Message}", failure);
        }
    }
}
