using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scanning.Patterns;
using BackupModule.Core.Storage;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>
/// Restores a backup into a folder: <c>/var/www/shop/x</c> becomes <c>DESTINATION/var/www/shop/x</c>. Run again, it
/// writes only what is missing or differs.
/// </summary>
[Cmdlet(VerbsData.Restore, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = "Destination")]
[OutputType(typeof(RestoreInfo), typeof(RestorePlanItem), typeof(BackupJob))]
public sealed class RestoreBackupCommand : LockingBackupCommand
{
    private readonly Dictionary<(string Repository, string Backup), List<string>> _items = [];

    /// <summary>The folder to restore into; a new folder <c>restored-ID</c> here if left out.</summary>
    [Parameter(ParameterSetName = "Destination")]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Restores to where the files came from, over what is there now.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "InPlace")]
    public SwitchParameter InPlace { get; set; }

    /// <summary>Items of backups, as <c>Get-BackupItem</c> and <c>Find-BackupItem</c> list them: only these are
    /// restored, with everything in them.</summary>
    [Parameter(ValueFromPipeline = true)]
    public BackupItemInfo? Item { get; set; }

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

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
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
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        RestoreOptions options = new()
        {
            Snapshot = snapshot,
            Destination = await Pipeline.InvokeAsync(() => ReadDestination(snapshot)).ConfigureAwait(false),
            Selection = new PathSelection(include, Exclude),
            Overwrite = Overwrite,
            DeleteExtra = DeleteExtra,
            Verify = Verify,
            LockWait = LockWait,
            Thaw = Thaw is { } speed ? new ThawOptions(speed) { Days = ThawDays } : null,
        };
        switch (await AskAsync(options).ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync(
                    async (output, token) =>
                    {
                        RestoreResult result = await new RestoreRunner(open.Repository, Clock, output)
                            .RunAsync(options, token).ConfigureAwait(false);
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
