using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that reads one backup for each input object.</summary>
public abstract class BackupCommand : RepositoryCommand
{
    /// <summary>The backup: its id, the start of its id, or <c>latest</c>.</summary>
    // After what cmdlets put first, such as a path; where nothing is first, this is.
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = string.Empty;

    /// <summary>The backup that <see cref="BackupId"/> means.</summary>
    private protected Task<Snapshot> FindBackupAsync(OpenRepository repository, CancellationToken cancellationToken) =>
        BackupSearch.FindAsync(repository, BackupId, Pipeline, cancellationToken);
}
