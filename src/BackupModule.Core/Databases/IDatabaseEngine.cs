using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases;

/// <summary>What the module does with one kind of database server. Implementations hold no state.</summary>
public interface IDatabaseEngine
{
    /// <summary>Looks whether a backup of the source can be made: reach, login, rights, settings, programs. Changes nothing.
    /// </summary>
    /// <returns>Everything worth saying, each once; empty where all is well. What cannot be reached is a finding, too.</returns>
    Task<IReadOnlyList<DatabaseFinding>> TestAsync(DatabaseAccess access, CancellationToken cancellationToken);

    /// <summary>Connects and prepares a backup. The caller streams it once and disposes it.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>, <c>DatabaseUnsuitable</c>,
    /// <c>DatabaseToolMissing</c>.</exception>
    Task<IDatabaseBackup> BeginBackupAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken);

    /// <summary>Refuses a restore that cannot be made, as far as that shows while the application still runs: what is out of reach,
    /// what is in the way, programs that are missing. Changes nothing.</summary>
    /// <param name="access">As for <see cref="RestoreAsync"/>, which makes these checks itself, too.</param>
    /// <param name="request">What would be restored where.</param>
    /// <param name="content">The backup.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">Those of <see cref="RestoreAsync"/>.</exception>
    Task RequireRestorableAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, IDatabaseContent content, CancellationToken cancellationToken);

    /// <summary>Restores a database.</summary>
    /// <param name="access">The source as the policy has it, or as the backup says where no policy is left.</param>
    /// <param name="request">What is restored where.</param>
    /// <param name="content">The backup.</param>
    /// <param name="observer">Hears how it goes.</param>
    /// <param name="cancellationToken">Stops the restore; what was made so far is left and named.</param>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>, <c>RecoveryTargetUnreachable</c>, and those of
    /// <see cref="BeginBackupAsync"/>.</exception>
    Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access,
        DatabaseRestoreRequest request,
        IDatabaseContent content,
        IBackupObserver observer,
        CancellationToken cancellationToken);
}
