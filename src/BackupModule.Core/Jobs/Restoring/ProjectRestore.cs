using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Jobs.Hooks;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Restore;

namespace BackupModule.Core.Jobs.Restoring;

/// <summary>
/// Restores a project: its databases, its files, or both, and in place what its policy wants around that. Everything that can be
/// refused is, before anybody is stopped; then hooks stop the application, databases come back, then files, the application is
/// started, and asked whether it works.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="options">What is restored.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class ProjectRestore(
    Repository repository, ProjectRestoreOptions options, TimeProvider time, IBackupObserver observer)
{
    private readonly DatabaseRestoreRunner _databaseRunner = new(repository, time, observer);
    private readonly RestoreRunner _fileRunner = new(repository, time, observer);
    private readonly List<(DatabaseRestoreStep Step, DatabaseRestoreResult Result)> _databases = [];
    private readonly RestoreHooks? _hooks = options.Policy is { } policy ? new RestoreHooks(policy, time, observer) : null;
    private RestoreResult? _files;

    /// <summary>Refuses databases that cannot be restored. Changes nothing.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RequireRestorableAsync"/>.</exception>
    public async Task RequireDatabasesAsync(CancellationToken cancellationToken)
    {
        foreach (DatabaseRestoreStep step in options.Databases)
        {
            await _databaseRunner.RequireRestorableAsync(step, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Restores, once.</summary>
    /// <returns>What was restored. Where a part fails after another was restored, what comes after it is not begun, and the failure
    /// is in the result.</returns>
    /// <exception cref="BackupException">No part was restored whole: see <see cref="RestoreRunner.RunAsync(RestoreOptions, CancellationToken)"/>,
    /// <see cref="IDatabaseEngine.RestoreAsync"/> and <see cref="RestoreHooks.AroundAsync"/>.</exception>
    public async Task<ProjectRestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<HealthCheck> checks = [.. (options.Policy?.Merged.HealthChecks ?? []).Select(HealthCheck.Parse)];
        try
        {
            if (options.Parts == 1 && _hooks is null or { IsEmpty: true })
            {
                await RestoreAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await RestorePreparedAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure) when (_databases.Count > 0)
        {
            return Result() with { Failure = failure };
        }

        return checks.Count == 0 ? Result() : Result() with
        {
            Health = await new HealthChecker(time, observer).RunAsync(
                checks, options.Policy!.Merged.HealthCheckTimeout!.Value, cancellationToken).ConfigureAwait(false),
        };
    }

    private ProjectRestoreResult Result() => new() { Databases = _databases, Files = _files };

    // Under one lock from the first look on: what was looked at is there when it is restored.
    private Task<bool> RestorePreparedAsync(CancellationToken cancellationToken) => RepositoryLock.RunAsync(
        repository,
        new LockOptions(IsExclusive: false, options.LockWait) { MayGoWithout = true },
        time,
        observer,
        async token =>
        {
            await RequireDatabasesAsync(token).ConfigureAwait(false);
            if (options.Files is { } files)
            {
                await _fileRunner.PrepareAsync(files, token).ConfigureAwait(false);
            }

            return _hooks is { } hooks
                ? await hooks.AroundAsync(options.BackupId, RestoreAsync, token).ConfigureAwait(false)
                : await RestoreAsync(token).ConfigureAwait(false);
        },
        cancellationToken);

    private async Task<bool> RestoreAsync(CancellationToken cancellationToken)
    {
        (string Name, Func<Task> RestoreAsync)[] parts = [.. Parts(cancellationToken)];
        for (int place = 0; place < parts.Length; place++)
        {
            try
            {
                await parts[place].RestoreAsync().ConfigureAwait(false);
            }
            catch (BackupException failure) when (parts.Length > 1)
            {
                throw Explain(failure, [.. parts.Select(static part => part.Name)], place);
            }
        }

        return true;
    }

    private IEnumerable<(string Name, Func<Task> RestoreAsync)> Parts(CancellationToken cancellationToken)
    {
        foreach (DatabaseRestoreStep step in options.Databases)
        {
            yield return (
                $"the database '{step.Name}'",
                async () => _databases.Add((
                    step, await _databaseRunner.RunAsync(step, options.LockWait, cancellationToken).ConfigureAwait(false))));
        }

        if (options.Files is { } files)
        {
            yield return (
                $"the files of the backup {files.Snapshot.Id.ShortText}",
                async () => _files = await _fileRunner.RunAsync(files, cancellationToken).ConfigureAwait(false));
        }
    }

    private static BackupException Explain(BackupException failure, string[] parts, int failed) => new(
        failure.Kind,
        $"{failure.Message} Restored before that: {List(parts[..failed])}. Failed: {parts[failed]}. Not begun: {List(parts[(failed + 1)..])}.",
        failure.Guidance,
        failure)
    {
        Subject = failure.Subject,
    };

    private static string List(string[] parts) => parts.Length > 0 ? string.Join(", ", parts) : "nothing";
}
