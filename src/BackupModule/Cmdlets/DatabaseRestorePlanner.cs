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

namespace BackupModule.Cmdlets;

/// <summary>Works out for a cmdlet which databases of a policy are restored, from which backups, and where to.</summary>
/// <param name="open">The repository.</param>
/// <param name="policyName">The policy whose backups are looked through.</param>
/// <param name="policy">The policy, as it is today; null where it is gone.</param>
/// <param name="secrets">Finds passwords.</param>
/// <param name="clock">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
internal sealed class DatabaseRestorePlanner(
    OpenRepository open,
    string policyName,
    EffectivePolicy? policy,
    SecretResolver secrets,
    TimeProvider clock,
    IBackupObserver observer)
{
    /// <summary>Plans the restore of databases.</summary>
    /// <param name="names">The databases that were named; empty for all.</param>
    /// <param name="request">What is restored of each.</param>
    /// <param name="snapshot">The backup that was named; null to choose it by the target.</param>
    /// <param name="findFolder">The folder that a database is restored into; null for the live server.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A step for each database, whose access holds a password that the caller disposes.</returns>
    /// <exception cref="BackupException"><c>ItemNotFound</c>: the backup has no such database; <c>SecretUnavailable</c>; see
    /// <see cref="DatabaseRestoreRunner.ChooseAsync"/>.</exception>
    public async Task<IReadOnlyList<DatabaseRestoreStep>> PlanAsync(
        IReadOnlyList<string> names,
        DatabaseRestoreRequest request,
        Snapshot? snapshot,
        Func<DatabaseFacts, string?> findFolder,
        CancellationToken cancellationToken)
    {
        DatabaseHistory history = await DatabaseHistory.ReadAsync(open.Repository, policyName, observer, cancellationToken)
            .ConfigureAwait(false);
        if (history.DatabaseNames.Count == 0)
        {
            throw new BackupException(
                BackupErrorKind.ItemNotFound,
                $"No backup of the policy '{policyName}' has the component {nameof(BackupComponent.Database)}.",
                $"Give the policy a database with Set-BackupPolicy {policyName} -Database, and run Invoke-Backup.")
            {
                Subject = policyName,
            };
        }

        List<DatabaseBackup> chosen = [];
        foreach (string name in names.Count > 0 ? names : history.DatabaseNames)
        {
            chosen.Add(snapshot is null
                ? await DatabaseRestoreRunner.ChooseAsync(history, name, request.Target, cancellationToken).ConfigureAwait(false)
                : Find(history, name, snapshot));
        }

        List<DatabaseRestoreStep> steps = [];
        foreach (DatabaseBackup backup in chosen)
        {
            DatabaseDefinition definition = FindDefinition(backup.Facts);
            Secret? password = await ResolveAsync(definition, cancellationToken).ConfigureAwait(false);
            steps.Add(new DatabaseRestoreStep(
                history,
                backup,
                new DatabaseAccess(definition, password, clock),
                request with { Destination = findFolder(backup.Facts) }));
        }

        return steps;
    }

    private static DatabaseBackup Find(DatabaseHistory history, string name, Snapshot snapshot) =>
        history.BackupsOf(name).FirstOrDefault(backup => backup.Snapshot.Id == snapshot.Id) ?? throw new BackupException(
            BackupErrorKind.ItemNotFound,
            $"The backup {snapshot.Id.ShortText} has no database '{name}'.",
            "Leave -BackupId out, and the one that fits is found.")
        {
            Subject = name,
        };

    // A policy that was lost must not keep its databases from being restored.
    private DatabaseDefinition FindDefinition(DatabaseFacts facts) =>
        policy?.Databases.FirstOrDefault(database =>
            database.Engine == facts.Engine && database.Name.Equals(facts.Name, StringComparison.OrdinalIgnoreCase))
        ?? new DatabaseDefinition
        {
            Name = facts.Name,
            Engine = facts.Engine,
            Mode = facts.Mode,
            ConnectionString = string.Empty,
        };

    // A server's files are restored without asking any server.
    private async Task<Secret?> ResolveAsync(DatabaseDefinition definition, CancellationToken cancellationToken)
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
