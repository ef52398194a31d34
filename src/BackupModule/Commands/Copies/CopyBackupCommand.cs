using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Hashing;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Jobs;
using BackupModule.Outputs;
using BackupModule.Views;

namespace BackupModule.Commands.Copies;

/// <summary>Copies backups into another repository. Backups from the pipeline are copied together.</summary>
[Cmdlet(VerbsCommon.Copy, "Backup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupCopyInfo), typeof(BackupCopyPlanInfo), typeof(BackupJob))]
public sealed class CopyBackupCommand : LockingRepositoryCommand
{
    private readonly Dictionary<string, (OpenRepository Repository, HashSet<ObjectId> Ids)> _chosen = [];

    /// <summary>Ids or starts of ids, or <c>latest</c>; all that the destination lacks if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string[] BackupId { get; set; } = [];

    /// <summary>The registered name of the repository to copy into.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Reads back what was stored, also from a bucket.</summary>
    [Parameter]
    public SwitchParameter ReadBack { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        HashSet<ObjectId> found = [];
        foreach (string id in BackupId)
        {
            Snapshot snapshot = await BackupSearch.FindAsync(open, id, Pipeline, cancellationToken)
                .ConfigureAwait(false);
            found.Add(snapshot.Id);
        }

        if (!_chosen.TryGetValue(open.Name, out (OpenRepository Repository, HashSet<ObjectId> Ids) chosen))
        {
            _chosen[open.Name] = chosen = (open, []);
        }

        chosen.Ids.UnionWith(found);
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach ((OpenRepository source, HashSet<ObjectId> ids) in _chosen.Values)
        {
            OpenRepository destination = await OpenOtherAsync(Destination, cancellationToken).ConfigureAwait(false);
            CopyOptions options = new() { ReadBack = ReadBack, LockWait = LockWait };
            CopyWork work = new(source, destination, ids.Count == 0 ? options : options with
            {
                Selects = snapshot => ids.Contains(snapshot.Id),
                CopyRemoved = true,
            });
            string what = ids.Count == 0 ? "all backups" : HumanText.Count(ids.Count, "backup");
            switch (await Pipeline.AskAsync(destination.Name, $"Copy {what} of {source.Name}").ConfigureAwait(false))
            {
                case Consent.Given:
                    await DoAsync(
                        (output, token) => work.RunAsync(Clock, RecordAsync, output, token), cancellationToken)
                        .ConfigureAwait(false);
                    break;
                case Consent.PlanOnly:
                    await Pipeline.WriteAsync(await work.PlanAsync(Pipeline, cancellationToken).ConfigureAwait(false))
                        .ConfigureAwait(false);
                    break;
            }
        }
    }
}
