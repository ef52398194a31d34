using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Scanning;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Lists what differs between two backups of a repository.</summary>
[Cmdlet(VerbsData.Compare, "Backup")]
[OutputType(typeof(BackupDifferenceInfo))]
public sealed class CompareBackupCommand : RepositoryCommand
{
    /// <summary>The first backup's id or the start of it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string ReferenceId { get; set; } = string.Empty;

    /// <summary>The second backup's id or the start of it; the newest if left out.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("BackupId")]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string DifferenceId { get; set; } = BackupSearch.Latest;

    /// <summary>Patterns of the paths to compare; everything if left out.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Include { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot before = await BackupSearch.FindAsync(open, ReferenceId, Pipeline, cancellationToken)
            .ConfigureAwait(false);
        Snapshot after = await BackupSearch.FindAsync(open, DifferenceId, Pipeline, cancellationToken)
            .ConfigureAwait(false);
        PathSelection selection = new(Include, []);
        await open.Repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        await foreach (SnapshotDifference difference in new SnapshotComparer(open.Repository.Trees)
            .CompareAsync(before, after, cancellationToken).ConfigureAwait(false))
        {
            if (selection.Selects(difference.Path))
            {
                await Pipeline.WriteAsync(BackupDifferenceInfo.From(difference)).ConfigureAwait(false);
            }
        }
    }
}
