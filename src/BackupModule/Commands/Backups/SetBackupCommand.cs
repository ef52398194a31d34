using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Changes a backup's tags. The changed backup has a new id, because the id follows from its content.</summary>
[Cmdlet(VerbsCommon.Set, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = ReplaceSet)]
[OutputType(typeof(BackupInfo))]
public sealed class SetBackupCommand : LockingBackupCommand
{
    private const string ReplaceSet = "Replace";
    private const string ChangeSet = "Change";

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

    /// <summary>Returns the changed backup.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        string[] tags = ParameterSetName == ReplaceSet
            ? Tag
            : [.. (snapshot.Tags ?? []).Except(RemoveTag, StringComparer.Ordinal).Union(AddTag, StringComparer.Ordinal)];
        string action = tags.Length == 0 ? "Remove all tags" : $"Set the tags {string.Join(", ", tags)}";
        if (!await Pipeline.ConfirmAsync($"{open.Name}: {snapshot.Id.ShortText}", action).ConfigureAwait(false))
        {
            return;
        }

        Snapshot changed = await new SnapshotEditor(open.Repository, Clock, Pipeline)
            .SetTagsAsync(snapshot, tags, LockWait, cancellationToken).ConfigureAwait(false);
        if (PassThru)
        {
            await Pipeline.WriteAsync(BackupInfo.From(changed, open.Name)).ConfigureAwait(false);
        }
    }
}
