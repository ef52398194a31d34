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
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scheduling;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Backups;

/// <summary>Lists backups, oldest first. A damaged one is an error, and the others are listed.</summary>
[Cmdlet(VerbsCommon.Get, "Backup")]
[OutputType(typeof(BackupInfo))]
public sealed class GetBackupCommand : RepositoryCommand
{
    /// <summary>Ids or starts of ids; <c>latest</c> for the newest.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string[] BackupId { get; set; } = [];

    /// <summary>Only the newest of those that the other parameters select.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>The policy that made it. Its repository is looked in, where no other is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Tags that the backup must have, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The machine that was backed up, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] HostName { get; set; } = [];

    /// <summary>Paths that were named in the backup.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Only backups that started before.</summary>
    [Parameter]
    public DateTimeOffset? Before { get; set; }

    /// <summary>Only backups that started after.</summary>
    [Parameter]
    public DateTimeOffset? After { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (PolicyName is not null && string.IsNullOrEmpty(RepositoryName))
        {
            RepositoryName = await PolicySearch.FindRepositoryAsync(Catalog, PolicyName, cancellationToken)
                .ConfigureAwait(false);
        }

        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Snapshot> all = await open.Repository.Snapshots
            .ListAsync(Pipeline.OnItemFailed, cancellationToken).ConfigureAwait(false);
        string[] prefixes = [.. BackupId.Where(static id => !IsLatest(id))];
        await ReportMissingAsync(prefixes, all, cancellationToken).ConfigureAwait(false);
        BackupFilter filter = await ReadFilterAsync().ConfigureAwait(false);
        List<Snapshot> selected = [.. all.Where(filter.Selects)];
        if (BackupId.Length > 0)
        {
            Snapshot? newest = prefixes.Length < BackupId.Length ? selected.LastOrDefault() : null;
            selected = selected.FindAll(snapshot =>
                snapshot == newest || prefixes.Any(prefix => snapshot.Id.StartsWith(prefix)));
        }

        if (Latest)
        {
            selected = [.. selected.TakeLast(1)];
        }

        if (PolicyName is not null && !all.Any(IsOfPolicy))
        {
            await PolicySearch.RequireAsync(Catalog, PolicyName, cancellationToken).ConfigureAwait(false);
        }

        ProtectionLedger? ledger = await open.ReadLedgerAsync(Pipeline, cancellationToken).ConfigureAwait(false);
        foreach (BackupInfo backup in selected.Select(snapshot => BackupInfo.From(snapshot, open.Name, ledger)))
        {
            RecentBackups.Remember(backup);
            await Pipeline.WriteAsync(LockedView.Of(backup, ledger is not null)).ConfigureAwait(false);
        }
    }

    private bool IsOfPolicy(Snapshot snapshot) =>
        PolicyName!.Equals(BackupTags.FindPolicy(snapshot.Tags), StringComparison.OrdinalIgnoreCase);

    private static bool IsLatest(string id) => id.Equals(BackupSearch.Latest, StringComparison.OrdinalIgnoreCase);

    private async Task ReportMissingAsync(
        string[] prefixes, IReadOnlyList<Snapshot> all, CancellationToken cancellationToken)
    {
        foreach (string prefix in prefixes.Where(prefix => !all.Any(snapshot => snapshot.Id.StartsWith(prefix))))
        {
            bool isRepository = await Catalog.FindRepositoryAsync(prefix, cancellationToken).ConfigureAwait(false)
                is not null;
            Pipeline.OnItemFailed(new BackupException(
                BackupErrorKind.BackupNotFound,
                $"There is no backup '{prefix}'.",
                isRepository
                    ? $"For the backups of that repository, use -RepositoryName {prefix}."
                    : "Get-Backup lists what there is.")
            {
                Subject = prefix,
            });
        }
    }

    private async Task<BackupFilter> ReadFilterAsync() => new()
    {
        Tags = PolicyName is null
            ? Tag
            : [.. Tag, WildcardPattern.Escape(BackupTags.OfPolicy(PolicyName))],
        HostNames = HostName,
        Paths = await Pipeline.InvokeAsync(() => BackupFilter.Spell(this, Path)).ConfigureAwait(false),
        Before = Before,
        After = After,
    };
}
