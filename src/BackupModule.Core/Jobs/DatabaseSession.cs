using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Jobs;

/// <summary>The databases of one backup: connections and passwords, let go of together.</summary>
internal sealed class DatabaseSession(SecretResolver secrets, TimeProvider time, IBackupObserver observer) : IAsyncDisposable
{
    private readonly List<IDatabaseBackup> _backups = [];
    private readonly List<Secret> _passwords = [];

    /// <summary>The backups that were begun, in the policy's order.</summary>
    public IReadOnlyList<IDatabaseBackup> Backups => _backups;

    /// <summary>Connects to all of them, so that a wrong password is found out before anything is read.</summary>
    /// <param name="databases">The sources.</param>
    /// <param name="earlier">The backups that the new ones may build on; null for backups that stand alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.BeginBackupAsync"/>; <c>SecretUnavailable</c>.</exception>
    public async Task BeginAsync(
        IReadOnlyList<DatabaseDefinition> databases, IEarlierBackups? earlier, CancellationToken cancellationToken)
    {
        foreach (DatabaseDefinition database in databases)
        {
            DatabaseAccess access = await OpenAsync(database, cancellationToken).ConfigureAwait(false);
            _backups.Add(await DatabaseEngines.Of(database.Engine)
                .BeginBackupAsync(access with { Earlier = earlier }, observer, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>A source with its password.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public async Task<DatabaseAccess> OpenAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        Secret? password = database.PasswordReference is { } reference
            ? await secrets.ResolveAsync(SecretReference.Parse(reference), cancellationToken).ConfigureAwait(false)
            : null;
        if (password is not null)
        {
            _passwords.Add(password);
        }

        return new DatabaseAccess(database, password, time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IDatabaseBackup backup in _backups)
        {
            await backup.DisposeAsync().ConfigureAwait(false);
        }

        _passwords.ForEach(static password => password.Dispose());
    }
}
