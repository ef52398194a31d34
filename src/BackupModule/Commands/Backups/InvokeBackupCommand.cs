using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Backup;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Policies;
using BackupModule.Core.Replication;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;
using BackupModule.Jobs;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Backups;

/// <summary>Backs files and folders up. Paths from the pipeline are gathered into one backup.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(BackupRunInfo), typeof(BackupPlanInfo), typeof(BackupJob))]
public sealed class InvokeBackupCommand : LockingRepositoryCommand
{
    private const string PathSet = "Path";
    private const string LiteralSet = "LiteralPath";
    private const string PolicySet = "Policy";

    private readonly List<string> _paths = [];
    private readonly List<BackupException> _missing = [];

    /// <summary>Files and folders, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders whose names are taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralSet, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Patterns of what is left out, as in restic.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public string[] Exclude { get; set; } = [];

    /// <summary>Files of such patterns, one a line.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public string[] ExcludeFile { get; set; } = [];

    /// <summary>Names of files whose presence leaves their folder out; <c>name:header</c> asks for the content too.
    /// </summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public string[] ExcludeIfPresent { get; set; } = [];

    /// <summary>Leaves larger files out, e.g. <c>500MB</c>.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    [SizeTransformation]
    public long? ExcludeLargerThan { get; set; }

    /// <summary>Leaves folders out that a <c>CACHEDIR.TAG</c> marks as caches.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public SwitchParameter ExcludeCaches { get; set; }

    /// <summary>Stays on the file system of each path.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public SwitchParameter OneFileSystem { get; set; }

    /// <summary>Tags of the backup.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The machine's name in the backup, by which the next one finds its parent.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>The backup's time, if not now.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    public DateTimeOffset? Time { get; set; }

    /// <summary>The backup to compare with, if not the latest of the same machine and paths.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralSet)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string? ParentId { get; set; }

    /// <summary>The policy that says what is backed up, and where to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicySet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string PolicyName { get; set; } = string.Empty;

    /// <summary>What the policy's backup counts as in its rotation.</summary>
    [Parameter(ParameterSetName = PolicySet)]
    public BackupKind Kind { get; set; }

    /// <summary>Reads every file, whatever the parent says.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == PolicySet)
        {
            await BackPolicyUpAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (string path in Path)
        {
            try
            {
                _paths.AddRange(await Pipeline.InvokeAsync(() => FilePaths.Expand(this, path)).ConfigureAwait(false));
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.SourceNotFound)
            {
                _missing.Add(failure);
            }
        }

        foreach (string path in LiteralPath)
        {
            _paths.Add(await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, path)).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == PolicySet)
        {
            return;
        }

        if (_paths.Count == 0 && _missing.Count > 0)
        {
            throw _missing[0];
        }

        _missing.ForEach(Pipeline.OnItemFailed);
        BackupOptions options = await ReadOptionsAsync().ConfigureAwait(false);
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        ISourceFileSystem source = SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, options.RecordAccessTime);
        switch (await Pipeline.AskAsync(open.Name, $"Back up {string.Join(", ", options.Paths)}").ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        BackupResult result = await new BackupRunner(open.Repository, source, Clock, output)
                            .RunAsync(options, token).ConfigureAwait(false);
                        RecentBackups.Remember(BackupInfo.From(result.Snapshot, open.Name, ledger: null));
                        await RecordAsync(open, result, output).ConfigureAwait(false);
                        await output.WriteAsync(LockedView.Of(
                            BackupRunInfo.From(result with { Failures = result.Failures + _missing.Count }, open.Name),
                            result.Protection is not null)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                BackupPlanner planner = new(open.Repository, source, Pipeline);
                BackupPlan plan = await planner
                    .PlanAsync(options, options.Time ?? Clock.GetLocalNow(), cancellationToken).ConfigureAwait(false);
                BackupPreview preview = await planner.PreviewAsync(plan, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(BackupPlanInfo.From(plan, preview, open.Name)).ConfigureAwait(false);
                break;
        }
    }

    private async Task BackPolicyUpAsync(CancellationToken cancellationToken)
    {
        EffectivePolicy policy = await PolicySearch.ResolveAsync(Catalog, PolicyName, cancellationToken)
            .ConfigureAwait(false);
        if (RepositoryName is { } named && !named.Equals(policy.RepositoryName, StringComparison.OrdinalIgnoreCase))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The policy '{policy.Name}' backs up to '{policy.RepositoryName}', not to '{named}'.",
                "Leave -RepositoryName out, or change the policy with Set-BackupPolicy.");
        }

        JobRequest request = JobRequest.Manual(policy, JobKind.Backup, Kind, Full || Kind > BackupKind.Hourly) with
        {
            LockWait = LockWait,
        };
        CommandRepositories repositories = new(this, policy.RepositoryName);
        JobEngine engine = new(Catalog, repositories, new PasswordReader(this, Pipeline).Resolver, Clock);
        switch (await Pipeline.AskAsync(policy.Name, "Back up the policy").ConfigureAwait(false))
        {
            case Consent.Given:
                if (IsJob)
                {
                    // A job cannot ask for a password.
                    await repositories.OpenAsync(policy, cancellationToken).ConfigureAwait(false);
                }

                await DoAsync(
                    async (output, token) =>
                    {
                        JobResult result = await engine.PolicyRunner(output).RunAsync(request, LockWait, output, token)
                            .ConfigureAwait(false);
                        if (result.Failure is not null)
                        {
                            ExceptionDispatchInfo.Throw(result.Failure);
                        }

                        BackupResult backup = (BackupResult)result.Result!;
                        RecentBackups.Remember(BackupInfo.From(backup.Snapshot, result.Run.RepositoryName!, ledger: null));
                        await output.WriteAsync(LockedView.Of(
                            BackupRunInfo.From(backup, result.Run), backup.Protection is not null)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                OpenRepository open = await repositories.OpenAsync(policy, cancellationToken).ConfigureAwait(false);
                (BackupPlan plan, BackupPreview preview) = await engine.PolicyRunner(Pipeline)
                    .PreviewAsync(request, open, Pipeline, cancellationToken).ConfigureAwait(false);
                await Pipeline.WriteAsync(BackupPlanInfo.From(plan, preview, open.Name) with
                {
                    Database = [.. policy.Databases.Select(static database => database.Name)],
                }).ConfigureAwait(false);
                break;
        }
    }

    // With a time that was given, it may not be the newest.
    private Task RecordAsync(OpenRepository open, BackupResult result, IBackupObserver output) => Time is not null
        ? Task.CompletedTask
        : RecordAsync(
            open.Registered,
            new RepositoryFact
            {
                Kind = RepositoryFactKind.BackedUp,
                At = Clock.GetLocalNow(),
                NewestBackup = result.Snapshot.Time.ToDateTimeOffset(),
            },
            output);

    private async Task<BackupOptions> ReadOptionsAsync()
    {
        string[] patternFiles = await Pipeline.InvokeAsync(
            () => ExcludeFile.Select(file => FilePaths.Resolve(this, file)).ToArray()).ConfigureAwait(false);
        BackupOptions options = new()
        {
            Paths = [.. _paths.Distinct(StringComparer.Ordinal)],
            Exclude = new ExcludeOptions
            {
                Patterns = Exclude,
                PatternFiles = patternFiles,
                MarkerFiles = ExcludeIfPresent,
                LargerThan = ExcludeLargerThan,
                ExcludeCaches = ExcludeCaches,
                OneFileSystem = OneFileSystem,
            },
            Tags = Tag,
            Time = Time,
            ParentId = ParentId,
            ReadEverything = Full,
            LockWait = LockWait,
        };
        return HostName is null ? options : options with { HostName = HostName };
    }
}
