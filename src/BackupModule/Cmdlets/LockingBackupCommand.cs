using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Completion;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that works on one backup for each input object, under a lock on its repository.</summary>
public abstract class LockingBackupCommand : LockingRepositoryCommand
{
    /// <summary>The backup: its id, the start of its id, or <c>latest</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = string.Empty;

    /// <summary>The backup that <see cref="BackupId"/> means.</summary>
    private protected Task<Snapshot> FindBackupAsync(OpenRepository repository, CancellationToken cancellationToken) =>
        BackupSearch.FindAsync(repository, BackupId, Pipeline, cancellationToken);
}
