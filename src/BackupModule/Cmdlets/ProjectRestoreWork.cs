using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Jobs.Restoring;
using BackupModule.Core.Recovery;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Outputs;

namespace BackupModule.Cmdlets;

/// <summary>A restore that a cmdlet has prepared: what it asks the user, shows as its plan, and does.</summary>
/// <param name="open">The repository.</param>
/// <param name="options">What is restored. The passwords in it are wiped when the work is disposed.</param>
/// <param name="isInPlace">True if what is there now is restored over.</param>
/// <param name="clock">The clock.</param>
internal sealed class ProjectRestoreWork(
    OpenRepository open, ProjectRestoreOptions options, bool isInPlace, TimeProvider clock) : IDisposable
{
    /// <summary>What is about to be changed, for the user who is asked.</summary>
    public string Target => string.Join(" and ", Targets().Distinct());

    /// <summary>What is about to be done, for the user who is asked.</summary>
    public string Action => $"Restore {string.Join(", ", options.Databases.Select(Describe).Concat(DescribeFiles()))}";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DatabaseRestoreStep step in options.Databases)
        {
            step.Access.Password?.Dispose();
        }
    }

    /// <summary>Restores, and writes what was restored even where a part of it failed.</summary>
    /// <exception cref="Core.Diagnostics.BackupException">See <see cref="ProjectRestore.RunAsync"/>.</exception>
    public async Task RunAsync(IWorkOutput output, CancellationToken cancellationToken)
    {
        ProjectRestoreResult result = await new ProjectRestore(open.Repository, options, clock, output).RunAsync(cancellationToken)
            .ConfigureAwait(false);
        foreach ((DatabaseRestoreStep step, DatabaseRestoreResult database) in result.Databases)
        {
            await output.WriteAsync(DatabaseRestoreInfo.From(database, step, result.Health)).ConfigureAwait(false);
        }

        if (result.Files is { } files)
        {
            await output.WriteAsync(RestoreInfo.From(files, open.Name, result.Health)).ConfigureAwait(false);
        }

        foreach (HealthResult failed in result.Health.Where(static check => !check.Passed))
        {
            output.OnItemFailed(failed.ToFailure());
        }

        if (result.Failure is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Writes what would be done to each file, and refuses databases that cannot be restored.</summary>
    /// <exception cref="Core.Diagnostics.BackupException">See <see cref="ProjectRestore.RequireDatabasesAsync"/> and
    /// <see cref="RestoreRunner.PlanAsync"/>.</exception>
    public async Task ShowPlanAsync(IWorkOutput output, CancellationToken cancellationToken)
    {
        await new ProjectRestore(open.Repository, options, clock, output).RequireDatabasesAsync(cancellationToken).ConfigureAwait(false);
        if (options.Files is not { } files)
        {
            return;
        }

        RestoreRunner runner = new(open.Repository, clock, output);
        RestorePlan plan = await runner.PlanAsync(files, cancellationToken).ConfigureAwait(false);
        ThawPlan thaw = await runner.PlanThawAsync(plan, cancellationToken).ConfigureAwait(false);
        if (!thaw.IsEmpty)
        {
            output.OnWarning($"{thaw.Describe()} {thaw.DescribeSpeeds()}.");
        }

        await foreach (RestoreItem item in plan.ReadItemsAsync(output.OnItemFailed, cancellationToken).ConfigureAwait(false))
        {
            await output.WriteAsync(RestorePlanItem.From(item, files.Destination)).ConfigureAwait(false);
        }
    }

    private IEnumerable<string> Targets()
    {
        foreach (DatabaseRestoreStep step in options.Databases)
        {
            yield return step.Request.Destination ?? (isInPlace ? "the live database" : "the live server");
        }

        if (options.Files is { } files)
        {
            yield return isInPlace ? "the original places" : files.Destination;
        }
    }

    private static string Describe(DatabaseRestoreStep step) =>
        $"the database '{step.Name}' from the backup {step.Backup.Snapshot.Id.ShortText} to {step.Request.Target}";

    private IEnumerable<string> DescribeFiles()
    {
        if (options.Files is { } files)
        {
            string what = options.Databases.Count > 0 ? "files of the backup" : "backup";
            string over = isInPlace ? " over what is there now" : string.Empty;
            yield return $"{what} {files.Snapshot.Id.ShortText} of {files.Snapshot.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm}{over}";
        }
    }
}
