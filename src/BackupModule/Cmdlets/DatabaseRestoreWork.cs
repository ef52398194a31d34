using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Outputs;

namespace BackupModule.Cmdlets;

/// <summary>Restores the databases of a policy's backup for a cmdlet.</summary>
/// <param name="open">The repository.</param>
/// <param name="policyName">The policy whose backups are looked through.</param>
/// <param name="policy">The policy, as it is today; null where it is gone.</param>
/// <param name="secrets">Finds passwords.</param>
/// <param name="clock">The clock.</param>
internal sealed class DatabaseRestoreWork(
    OpenRepository open, string policyName, EffectivePolicy? policy, SecretResolver secrets, TimeProvider clock)
{
    /// <summary>Chooses what is restored: by name, or the only one there is, or all where that can be.</summary>
    /// <param name="history">What there is.</param>
    /// <param name="names">The databases that were named.</param>
    /// <param name="target">How far they are recovered.</param>
    /// <param name="snapshot">The backup that was named; null to choose it by the target.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">See <see cref="DatabaseRestoreRunner.ChooseAsync"/>.</exception>
    public static async Task<IReadOnlyList<DatabaseBackup>> ChooseAsync(
        DatabaseHistory history,
        IReadOnlyList<string> names,
        RecoveryTarget target,
        Snapshot? snapshot,
        CancellationToken cancellationToken)
    {
        if (history.DatabaseNames.Count == 0)
        {
            throw new BackupException(
                BackupErrorKind.ItemNotFound,
                $"No backup of the policy '{history.PolicyName}' has the component {nameof(BackupComponent.Database)}.",
                $"Give the policy a database with Set-BackupPolicy {history.PolicyName} -Database, and run Invoke-Backup.")
            {
                Subject = history.PolicyName,
            };
        }

        List<DatabaseBackup> chosen = [];
        foreach (string name in names.Count > 0 ? names : history.DatabaseNames)
        {
            chosen.Add(snapshot is null
                ? await DatabaseRestoreRunner.ChooseAsync(history, name, target, cancellationToken).ConfigureAwait(false)
                : history.BackupsOf(name).FirstOrDefault(backup => backup.Snapshot.Id == snapshot.Id)
                    ?? throw new BackupException(
                        BackupErrorKind.ItemNotFound,
                        $"The backup {snapshot.Id.ShortText} has no database '{name}'.",
                        "Leave -BackupId out, and the one that fits is found.")
                    {
                        Subject = name,
                    });
        }

        return chosen;
    }

    /// <summary>What of the policy's backups there is.</summary>
    public Task<DatabaseHistory> ReadHistoryAsync(IBackupObserver observer, CancellationToken cancellationToken) =>
        DatabaseHistory.ReadAsync(open.Repository, policyName, observer, cancellationToken);

    /// <summary>Restores one database.</summary>
    /// <exception cref="BackupException">See <see cref="IDatabaseEngine.RestoreAsync"/>.</exception>
    public async Task<DatabaseRestoreInfo> RestoreAsync(
        DatabaseHistory history,
        DatabaseBackup backup,
        DatabaseRestoreRequest request,
        TimeSpan lockWait,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        DatabaseDefinition definition = FindDefinition(backup.Facts);
        using Secret? password = await ResolveAsync(definition, observer, cancellationToken).ConfigureAwait(false);
        DatabaseRestoreResult result = await new DatabaseRestoreRunner(open.Repository, clock, observer).RunAsync(
            new DatabaseAccess(definition, password, clock), request, history, backup, lockWait, cancellationToken)
            .ConfigureAwait(false);
        return DatabaseRestoreInfo.From(result, backup, request.Target);
    }

    // A policy that was lost must not keep its databases from being restored.
    private DatabaseDefinition FindDefinition(DatabaseFacts facts) =>
        policy?.Components.SelectMany(static component => component.Databases).FirstOrDefault(database =>
            database.Engine == facts.Engine && database.Name.Equals(facts.Name, StringComparison.OrdinalIgnoreCase))
        ?? new DatabaseDefinition
        {
            Name = facts.Name,
            Engine = facts.Engine,
            Mode = facts.Mode,
            ConnectionString = string.Empty,
        };

    // A server's files are restored without asking any server.
    private async Task<Secret?> ResolveAsync(
        DatabaseDefinition definition, IBackupObserver observer, CancellationToken cancellationToken)
    {
        if (definition.PasswordReference is not { } reference)
        {
            return null;
        }

        try
        {
            return await secrets.ResolveAsync(SecretReference.Parse(reference), cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.SecretUnavailable && definition.Mode == DatabaseMode.Physical)
        {
            observer.OnDecision($"The password of '{definition.Name}' is not to be had, and not needed: {failure.Message}");
            return null;
        }
    }
}
