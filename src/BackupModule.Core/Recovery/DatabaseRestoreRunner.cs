using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;

namespace BackupModule.Core.Recovery;

/// <summary>Restores a database of a policy: chooses the backup that its target is reached from, and has the engine do it.
/// </summary>
public sealed class DatabaseRestoreRunner(Repository repository, TimeProvider time, IBackupObserver observer)
{
    /// <summary>The backup that a target is reached from: the newest one that stands for a moment before it.</summary>
    /// <param name="history">What there is.</param>
    /// <param name="databaseName">The database.</param>
    /// <param name="target">How far it is recovered.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException"><c>BackupNotFound</c>: there is no backup of the database;
    /// <c>RecoveryTargetUnreachable</c>, with the nearest moment that can be reached.</exception>
    public static async Task<DatabaseBackup> ChooseAsync(
        DatabaseHistory history, string databaseName, RecoveryTarget target, CancellationToken cancellationToken)
    {
        IReadOnlyList<(DatabaseBackup Backup, RecoveryReach Reach)> reaches = await history
            .FindReachesAsync(databaseName, cancellationToken).ConfigureAwait(false);
        if (reaches.Count == 0)
        {
            throw new BackupException(
                BackupErrorKind.BackupNotFound,
                $"There is no backup of the database '{databaseName}'.",
                history.DatabaseNames is { Count: > 0 } names
                    ? $"There are backups of: {string.Join(", ", names)}."
                    : "Name the database in the policy with Set-BackupPolicy -Database, and run Invoke-Backup.")
            {
                Subject = databaseName,
            };
        }

        if (target.Time is not { } moment)
        {
            return reaches[^1].Backup;
        }

        return reaches.LastOrDefault(item => item.Reach.From <= moment && moment <= item.Reach.To).Backup
            ?? throw Unreachable(databaseName, moment, [.. reaches.Select(static item => item.Reach)]);
    }

    /// <summary>Refuses a restore that cannot be made. Changes nothing.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RequireRestorableAsync"/>.</exception>
    public async Task RequireRestorableAsync(DatabaseRestoreStep step, CancellationToken cancellationToken)
    {
        RestoreGuard.RequireFreePort(step.Request);
        DatabaseContent content = await OpenAsync(step, cancellationToken).ConfigureAwait(false);
        await EngineOf(step).RequireRestorableAsync(step.Access, step.Request, content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Restores under a lock that keeps others from removing what is read.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RestoreAsync"/>; <c>InvalidArgument</c>: the port is taken,
    /// which is found before anything is restored.</exception>
    public Task<DatabaseRestoreResult> RunAsync(
        DatabaseRestoreStep step, TimeSpan lockWait, CancellationToken cancellationToken) => RepositoryLock.RunAsync(
            repository,
            new LockOptions(IsExclusive: false, lockWait),
            time,
            observer,
            async (settled, token) =>
            {
                RestoreGuard.RequireFreePort(step.Request);
                await settled.WaitAsync(token).ConfigureAwait(false);
                DatabaseContent content = await OpenAsync(step, token).ConfigureAwait(false);
                try
                {
                    return await EngineOf(step).RestoreAsync(step.Access, step.Request, content, observer, token).ConfigureAwait(false);
                }
                catch (IOException failure)
                {
                    throw RestoreGuard.Unwritable(step.Name, step.Request.Destination, failure);
                }
            },
            cancellationToken);

    private static IDatabaseEngine EngineOf(DatabaseRestoreStep step) => DatabaseEngines.Of(step.Backup.Facts.Engine);

    private Task<DatabaseContent> OpenAsync(DatabaseRestoreStep step, CancellationToken cancellationToken) =>
        DatabaseContent.OpenAsync(repository, step.Backup, step.History, time, observer, cancellationToken);

    private static BackupException Unreachable(string databaseName, DateTimeOffset moment, RecoveryReach[] reaches)
    {
        RecoveryReach nearest = reaches.MinBy(reach => moment < reach.From ? reach.From - moment : moment - reach.To)!;
        DateTimeOffset best = moment < nearest.From ? nearest.From : nearest.To;
        string why = nearest.Hole is { } hole && moment > nearest.To
            ? $"the log has a hole after {nearest.To:yyyy-MM-dd HH:mm:ss.fffzzz}, where {hole.Missing} is missing"
            : moment < reaches[0].From ? $"the oldest backup stands for {reaches[0].From:yyyy-MM-dd HH:mm:ss.fffzzz}"
            : moment > reaches[^1].To ? $"the log ends at {reaches[^1].To:yyyy-MM-dd HH:mm:ss.fffzzz}"
            : "no log leads to it from the backup before it";
        return new BackupException(
            BackupErrorKind.RecoveryTargetUnreachable,
            $"The database '{databaseName}' cannot be recovered to {moment:yyyy-MM-dd HH:mm:ss.fffzzz}: {why}.",
            $"The nearest moment that can be reached is {best:yyyy-MM-ddTHH:mm:ss.fffzzz}; Get-BackupRecoveryWindow shows all.")
        {
            Subject = databaseName,
        };
    }
}
