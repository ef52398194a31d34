using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.Hooks;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scanning.Patterns;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Storage;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>
/// Restores a backup into a folder: <c>/var/www/shop/x</c> becomes <c>DESTINATION/var/www/shop/x</c>. Run again, it
/// writes only what is missing or differs.
/// </summary>
[Cmdlet(VerbsData.Restore, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = FolderSet)]
[OutputType(typeof(RestoreInfo), typeof(RestorePlanItem), typeof(BackupJob))]
public sealed class RestoreBackupCommand : LockingRepositoryCommand
{
    private const string FolderSet = "Destination";
    private const string InPlaceSet = "InPlace";
    private const string PolicyFolderSet = "PolicyDestination";
    private const string PolicyInPlaceSet = "PolicyInPlace";

    private readonly Dictionary<(string Repository, string Backup), List<string>> _items = [];

    /// <summary>The backup: its id, the start of its id, or <c>latest</c>.</summary>
    // After what cmdlets put first, such as a path; where nothing is first, this is.
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = FolderSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = InPlaceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = string.Empty;

    /// <summary>The policy whose latest backup is restored.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicyFolderSet)]
    [Parameter(Mandatory = true, ParameterSetName = PolicyInPlaceSet)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>The folder to restore into; a new folder <c>restored-ID</c> here if left out.</summary>
    [Parameter(ParameterSetName = FolderSet)]
    [Parameter(ParameterSetName = PolicyFolderSet)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Restores to where the files came from, over what is there now.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InPlaceSet)]
    [Parameter(Mandatory = true, ParameterSetName = PolicyInPlaceSet)]
    public SwitchParameter InPlace { get; set; }

    /// <summary>Items of backups, as <c>Get-BackupItem</c> and <c>Find-BackupItem</c> list them: only these are
    /// restored, with everything in them.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = FolderSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = InPlaceSet)]
    public BackupItemInfo? Item { get; set; }

    /// <summary>Components of a policy's backup: only these are restored. <c>Files</c> means all but databases.</summary>
    [Parameter]
    public BackupComponent[] Component { get; set; } = [];

    /// <summary>Patterns of what is restored, as in restic; everything if left out.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Include { get; set; } = [];

    /// <summary>Patterns of what is not restored after all.</summary>
    [Parameter]
    public string[] Exclude { get; set; } = [];

    /// <summary>What happens to files that are there already.</summary>
    [Parameter]
    public OverwriteMode Overwrite { get; set; }

    /// <summary>Removes from restored folders what the backup does not have in them.</summary>
    [Parameter]
    public SwitchParameter DeleteExtra { get; set; }

    /// <summary>Reads every restored file again and compares it with the backup.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>Has packs that lie in an archive brought back, at this speed, and waits for them. Without it, a restore that
    /// needs them says what they are and ends.</summary>
    [Parameter]
    public ThawSpeed? Thaw { get; set; }

    /// <summary>For how many days the provider keeps the copies of archived packs, 1 to 365.</summary>
    [Parameter]
    [ValidateRange(1, 365)]
    public int ThawDays { get; set; } = ThawOptions.DefaultDays;

    /// <summary>Leaves out what the policy wants done around a restore in place: its hooks and restarts.</summary>
    [Parameter(ParameterSetName = InPlaceSet)]
    [Parameter(ParameterSetName = PolicyInPlaceSet)]
    public SwitchParameter NoHooks { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (PolicyName is not null && string.IsNullOrEmpty(RepositoryName))
        {
            RepositoryName = await PolicySearch.FindRepositoryAsync(Catalog, PolicyName, cancellationToken)
                .ConfigureAwait(false);
        }

        if (Item is null)
        {
            await RestoreAsync(Include, cancellationToken).ConfigureAwait(false);
            return;
        }

        // All items of one backup are restored in one run.
        (string, string) key = (RepositoryName ?? string.Empty, BackupId);
        if (!_items.TryGetValue(key, out List<string>? patterns))
        {
            _items[key] = patterns = [];
        }

        patterns.Add(PathPatternText.Escape(Item.Path));
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (((string repository, string backup), List<string> patterns) in _items)
        {
            (RepositoryName, BackupId) = (repository, backup);
            await RestoreAsync([.. Include, .. patterns], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RestoreAsync(IReadOnlyList<string> include, CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindSnapshotAsync(open, cancellationToken).ConfigureAwait(false);
        RestoreOptions options = new()
        {
            Snapshot = snapshot,
            Destination = await Pipeline.InvokeAsync(() => ReadDestination(snapshot)).ConfigureAwait(false),
            Selection = await SelectAsync(open, snapshot, include, cancellationToken).ConfigureAwait(false),
            Overwrite = Overwrite,
            DeleteExtra = DeleteExtra,
            Verify = Verify,
            LockWait = LockWait,
            Thaw = Thaw is { } speed ? new ThawOptions(speed) { Days = ThawDays } : null,
        };
        EffectivePolicy? policy = await FindPolicyAsync(snapshot, cancellationToken).ConfigureAwait(false);
        switch (await AskAsync(options).ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        RestoreRunner runner = new(open.Repository, Clock, output);
                        if (policy is not null)
                        {
                            // A restore that cannot be made stops nobody's application.
                            await runner.PlanAsync(options, token).ConfigureAwait(false);
                        }

                        RestoreResult result = policy is null
                            ? await runner.RunAsync(options, token).ConfigureAwait(false)
                            : await new RestoreHooks(policy, Clock, output).AroundAsync(
                                snapshot.Id.ToString(), restoring => runner.RunAsync(options, restoring), token)
                                .ConfigureAwait(false);
                        await output.WriteAsync(RestoreInfo.From(result, open.Name)).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                RestoreRunner runner = new(open.Repository, Clock, Pipeline);
                RestorePlan plan = await runner.PlanAsync(options, cancellationToken).ConfigureAwait(false);
                ThawPlan thaw = await runner.PlanThawAsync(plan, cancellationToken).ConfigureAwait(false);
                if (!thaw.IsEmpty)
                {
                    Pipeline.OnWarning($"{thaw.Describe()} {thaw.DescribeSpeeds()}.");
                }

                await foreach (RestoreItem item in plan
                    .ReadItemsAsync(Pipeline.OnItemFailed, cancellationToken).ConfigureAwait(false))
                {
                    await Pipeline.WriteAsync(RestorePlanItem.From(item, options.Destination)).ConfigureAwait(false);
                }

                break;
        }
    }

    private async Task<Snapshot> FindSnapshotAsync(OpenRepository open, CancellationToken cancellationToken)
    {
        if (PolicyName is null)
        {
            return await BackupSearch.FindAsync(open, BackupId, Pipeline, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<Snapshot> all = await open.Repository.Snapshots
            .ListAsync(Pipeline.OnItemFailed, cancellationToken).ConfigureAwait(false);
        return all.LastOrDefault(snapshot => PolicyName.Equals(
                BackupTags.FindPolicy(snapshot.Tags), StringComparison.OrdinalIgnoreCase))
            ?? throw new BackupException(
                BackupErrorKind.BackupNotFound,
                $"There is no backup of the policy '{PolicyName}' in the repository '{open.Name}'.",
                $"Make one with Invoke-Backup -PolicyName {PolicyName}, or name another repository.")
            {
                Subject = PolicyName,
            };
    }

    private async Task<PathSelection> SelectAsync(
        OpenRepository open, Snapshot snapshot, IReadOnlyList<string> include, CancellationToken cancellationToken)
    {
        // What is on no disk has no original place.
        IEnumerable<string> exclude = InPlace ? [.. Exclude, GeneratedFile.Top] : Exclude;
        if (Component.Length == 0)
        {
            return new PathSelection(include, exclude);
        }

        if (include.Count > 0)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "Components and paths cannot be picked at the same time.",
                "Give -Component or -Include; -Exclude goes with both.");
        }

        BackupManifest manifest = await ManifestReader.ReadAsync(open.Repository, snapshot, cancellationToken)
            .ConfigureAwait(false);
        (IReadOnlyList<string> paths, IReadOnlyList<string> others) = ComponentSelection.Select(manifest, Component);
        return new PathSelection(paths, [.. others, .. exclude]);
    }

    // A restore to another folder stops and starts nobody's application.
    private async Task<EffectivePolicy?> FindPolicyAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (!InPlace || NoHooks || BackupTags.FindPolicy(snapshot.Tags) is not { } name
            || await Catalog.FindPolicyAsync(name, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        return await PolicySearch.ResolveAsync(Catalog, name, cancellationToken).ConfigureAwait(false);
    }

    private Task<Consent> AskAsync(RestoreOptions options)
    {
        DateTimeOffset time = options.Snapshot.Time.ToDateTimeOffset();
        string what = $"backup {options.Snapshot.Id.ShortText} of {time:yyyy-MM-dd HH:mm}";
        return InPlace
            ? Pipeline.AskHighImpactAsync("the original places", $"Restore {what} over what is there now")
            : Pipeline.AskAsync(options.Destination, $"Restore {what}");
    }

    private string ReadDestination(Snapshot snapshot)
    {
        if (!InPlace)
        {
            return FilePaths.Resolve(this, Destination ?? $"./restored-{snapshot.Id.ShortText}");
        }

        return OperatingSystem.IsWindows()
            ? throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                "A backup cannot be restored in place on Windows: its volumes are folders in the backup.",
                "Restore with -Destination, and move the files.")
            : "/";
    }
}
