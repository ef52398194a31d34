using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Backups;

/// <summary>Changes a backup's tags, or holds it. The changed backup has a new id, because the id follows from its content.</summary>
[Cmdlet(VerbsCommon.Set, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = ReplaceSet)]
[OutputType(typeof(BackupInfo))]
public sealed class SetBackupCommand : LockingBackupCommand
{
    private const string ReplaceSet = "Replace";
    private const string ChangeSet = "Change";
    private const string HoldSet = "Hold";
    private const string ReleaseSet = "Release";

    /// <summary>The tags it has afterwards; an empty list for none.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ReplaceSet)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Tags to add.</summary>
    [Parameter(ParameterSetName = ChangeSet)]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] AddTag { get; set; } = [];

    /// <summary>Tags to take away.</summary>
    [Parameter(ParameterSetName = ChangeSet)]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] RemoveTag { get; set; } = [];

    /// <summary>Holds the backup until then: nothing removes it before, whatever retention says. Null releases it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HoldSet)]
    [AllowNull]
    public DateTimeOffset? HoldUntil { get; set; }

    /// <summary>Ends the backup's hold.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ReleaseSet)]
    public SwitchParameter ReleaseHold { get; set; }

    /// <summary>Returns the changed backup.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        Snapshot? changed = ParameterSetName is HoldSet or ReleaseSet
            ? await HoldAsync(open, snapshot, cancellationToken).ConfigureAwait(false)
            : await ChangeTagsAsync(open, snapshot, cancellationToken).ConfigureAwait(false);
        if (PassThru && changed is not null)
        {
            ProtectionLedger? ledger = await open.ReadLedgerAsync(Pipeline, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(LockedView.Of(BackupInfo.From(changed, open.Name, ledger), ledger is not null))
                .ConfigureAwait(false);
        }
    }

    // Null where the user declined.
    private async Task<Snapshot?> ChangeTagsAsync(
        OpenRepository open, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (Tag.Concat(AddTag).Concat(RemoveTag).FirstOrDefault(SnapshotHold.IsHold) is { } hold)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{hold}' is not an ordinary tag: it holds the backup.",
                "Use -HoldUntil and -ReleaseHold.");
        }

        // A hold is no tag to those who replace tags.
        string[] tags = ParameterSetName == ReplaceSet
            ? [.. Tag, .. (snapshot.Tags ?? []).Where(SnapshotHold.IsHold)]
            : [.. (snapshot.Tags ?? []).Except(RemoveTag, StringComparer.Ordinal).Union(AddTag, StringComparer.Ordinal)];
        string action = tags.Length == 0 ? "Remove all tags" : $"Set the tags {string.Join(", ", tags)}";
        return await Pipeline.ConfirmAsync(TargetOf(open, snapshot), action).ConfigureAwait(false)
            ? await new SnapshotEditor(open.Repository, Clock, Pipeline)
                .SetTagsAsync(snapshot, tags, LockWait, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task<Snapshot?> HoldAsync(
        OpenRepository open, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (HoldUntil <= Clock.GetUtcNow())
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"A hold until {HoldUntil:u} is over already.",
                "Give a time in the future, or -ReleaseHold to end a hold.");
        }

        // What nobody can take back, the account's owner included, is asked for each time.
        bool isForGood = HoldUntil is not null
            && open.Repository.Retention?.Policy?.Mode == StoreLockMode.Compliance;
        string target = TargetOf(open, snapshot);
        Consent consent = isForGood
            ? await Pipeline.AskHighImpactAsync(
                target, $"Hold until {HoldUntil:u}, and lock all that it needs in compliance mode, which nobody can undo")
                .ConfigureAwait(false)
            : await Pipeline.AskAsync(target, HoldUntil is null ? "Release the hold" : $"Hold until {HoldUntil:u}")
                .ConfigureAwait(false);
        return consent == Consent.Given
            ? await new SnapshotEditor(open.Repository, Clock, Pipeline)
                .HoldAsync(snapshot, HoldUntil, LockWait, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private static string TargetOf(OpenRepository open, Snapshot snapshot) => $"{open.Name}: {snapshot.Id.ShortText}";
}
