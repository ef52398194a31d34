using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs.Hooks;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Contents;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Jobs;

/// <summary>Backs a policy up: hooks, the collection of what there is, the backup, and what the policy expects of it.
/// </summary>
internal sealed class BackupJob(ISourceFileSystem source, SecretResolver secrets) : IJob
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        // A wrong password is found out before a hook stops somebody's database.
        OpenRepository open = await context.MeasureAsync(
            "open", () => context.OpenAsync(null, cancellationToken)).ConfigureAwait(false);
        HookRunner hooks = new(context.Time, context.Journal);
        Dictionary<string, string> told = new() { ["POLICY"] = context.Policy.Name, ["RUN_ID"] = context.RunId };
        try
        {
            await RunHooksAsync(context, hooks, HookStage.PreBackup, told, cancellationToken).ConfigureAwait(false);
            BackupResult result = await context.MeasureAsync(
                "backup", () => BackUpAsync(context, open, cancellationToken)).ConfigureAwait(false);
            told["STATE"] = nameof(RunState.Completed);
            told["BACKUP_ID"] = result.Snapshot.Id.ToString();
            await RememberAsync(context, open, result).ConfigureAwait(false);
            bool isAsExpected = await MeetsExpectationsAsync(context, open, result.Snapshot, cancellationToken)
                .ConfigureAwait(false);
            return Describe(context, open, result, isAsExpected);
        }
        finally
        {
            told.TryAdd("STATE", nameof(RunState.Failed));

            // What a hook stopped is to run again, even where the backup was stopped; the backup stays what it is.
            await ReportAsync(context, RunHooksAsync(context, hooks, HookStage.PostBackup, told, CancellationToken.None))
                .ConfigureAwait(false);
        }
    }

    private static async Task ReportAsync(JobContext context, Task hooks)
    {
        try
        {
            await hooks.ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            context.Journal.OnItemFailed(failure);
        }
    }

    /// <summary>What a backup of the policy is going to be.</summary>
    /// <exception cref="BackupException">See <see cref="PolicyCollector.Collect"/>.</exception>
    internal static (PolicyContents Contents, BackupOptions Options) Prepare(
        EffectivePolicy policy, ScheduleEntry entry, string runId, TimeSpan lockWait, IBackupObserver observer)
    {
        PolicyContents contents = PolicyCollector.Collect(policy, observer);
        return (contents, Describe(policy, entry, runId, lockWait, contents, databases: []));
    }

    private static BackupOptions Describe(
        EffectivePolicy policy,
        ScheduleEntry entry,
        string runId,
        TimeSpan lockWait,
        PolicyContents contents,
        IReadOnlyList<IDatabaseBackup> databases)
    {
        BackupManifest DescribeBackup() => new()
        {
            PolicyName = policy.Name,
            Kind = entry.Kind,
            RunId = runId,
            HostName = MachineIdentity.Current.HostName,
            Components = contents.Components,
            Variables = contents.Variables,
            Databases = [.. databases.Select(static database => database.Facts)],
            Missing = [.. contents.Failures.Where(static failure => failure.Subject is not null)
                .Select(static failure => failure.Subject!)],
        };
        return new BackupOptions
        {
            Paths = contents.Paths,
            Exclude = contents.Exclude,
            Generated = [new GeneratedFile(BackupManifest.FileName, () => DescribeBackup().Encode()), .. contents.Generated],
            Streams = databases,
            Tags = [BackupTags.OfPolicy(policy.Name), BackupTags.OfKind(entry.Kind), BackupTags.OfRun(runId)],
            ParentTag = BackupTags.OfPolicy(policy.Name),
            NeverParentTag = entry.Kind == BackupKind.Log ? null : BackupTags.OfKind(BackupKind.Log),
            ReadEverything = entry.Full,
            LockWait = lockWait,
        };
    }

    private static async Task RunHooksAsync(
        JobContext context,
        HookRunner hooks,
        HookStage stage,
        Dictionary<string, string> told,
        CancellationToken cancellationToken)
    {
        if (context.Policy.Hooks.Any(hook => hook.Stage == stage))
        {
            await context.MeasureAsync(
                stage.ToString(),
                async () =>
                {
                    await hooks.RunAsync(context.Policy.Hooks, stage, told, cancellationToken).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
        }
    }

    private async Task<BackupResult> BackUpAsync(
        JobContext context, OpenRepository open, CancellationToken cancellationToken)
    {
        PolicyContents contents = PolicyCollector.Collect(context.Policy, context.Journal);
        foreach (BackupException failure in contents.Failures)
        {
            context.Journal.OnItemFailed(failure);
        }

        DatabaseSession databases = new(secrets, context.Time, context.Journal);
        await using (databases.ConfigureAwait(false))
        {
            IEarlierBackups? earlier = context.Entry.Full
                ? null
                : new EarlierBackups(open.Repository, context.Policy.Name, context.Journal);
            await databases.BeginAsync(contents.Databases, earlier, cancellationToken).ConfigureAwait(false);
            BackupOptions options = Describe(
                context.Policy, context.Entry, context.RunId, context.LockWait, contents, databases.Backups);
            BackupResult result = await new BackupRunner(open.Repository, source, context.Time, context.Journal)
                .RunAsync(options, cancellationToken).ConfigureAwait(false);
            await new UploadReview(open.Repository, context.Journal).RunAsync(
                result.Snapshot,
                contents.Databases,
                databases.Backups.Select(static backup => backup.Facts),
                cancellationToken).ConfigureAwait(false);
            return result with { Failures = result.Failures + contents.Failures.Count };
        }
    }

    private static Task RememberAsync(JobContext context, OpenRepository open, BackupResult result) => context.RecordFactAsync(
        open,
        new RepositoryFact
        {
            Kind = RepositoryFactKind.BackedUp,
            At = context.Time.GetLocalNow(),
            NewestBackup = result.Snapshot.Time.ToDateTimeOffset(),
        });

    private static async Task<bool> MeetsExpectationsAsync(
        JobContext context, OpenRepository open, Snapshot snapshot, CancellationToken cancellationToken)
    {
        bool isAsExpected = true;
        TreeWalker walker = new(open.Repository.Trees);
        foreach (string path in context.Policy.Merged.RequiredFiles ?? [])
        {
            try
            {
                await walker.FindAsync(snapshot.Tree, path, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.ItemNotFound)
            {
                isAsExpected = false;
                context.Journal.OnItemFailed(new BackupException(
                    BackupErrorKind.ItemNotFound,
                    $"The required file '{path}' is not in the backup.",
                    "Bring it back, look for an exclusion rule that fits it, or take it out of the policy's required files.",
                    failure)
                {
                    Subject = path,
                });
            }
        }

        long size = snapshot.Summary?.TotalBytesProcessed ?? 0;
        if (context.Policy.Merged.ExpectedSize is { } expected
            && (size < expected.Minimum || size > expected.Maximum))
        {
            isAsExpected = false;
            context.Journal.OnWarning(
                $"The backup has {size} bytes; the policy expects {expected.Minimum ?? 0} to "
                + $"{expected.Maximum?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any number"}.");
        }

        return isAsExpected;
    }

    private static JobOutcome Describe(
        JobContext context, OpenRepository open, BackupResult result, bool isAsExpected)
    {
        SnapshotSummary summary = result.Snapshot.Summary ?? new SnapshotSummary();
        return new JobOutcome
        {
            Repository = open,
            BackupId = result.Snapshot.Id.ToString(),
            IsComplete = result.IsComplete && isAsExpected,
            Result = result,
            Figures = new RunFigures
            {
                Files = summary.TotalFilesProcessed,
                FilesNew = summary.FilesNew,
                FilesChanged = summary.FilesChanged,
                SourceBytes = summary.TotalBytesProcessed,
                AddedBytes = summary.DataAdded,
                StoredBytes = result.BytesStored,
                Failures = result.Failures,
            },
        };
    }
}
