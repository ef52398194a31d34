using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Policies;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The policies, each a document.</summary>
internal sealed class PolicyTable(SqlDatabase database) : IPolicyCatalog
{
    private const string Select = "SELECT name, document, changed_at FROM policies";

    /// <inheritdoc/>
    public Task AddPolicyAsync(BackupPolicy policy, CancellationToken cancellationToken)
    {
        Validate(policy);
        return database.ChangeAsync(
            session => session.ExecuteUniqueAsync(
                "INSERT INTO policies (name, document, changed_at) VALUES (@name, @document, @changed)",
                ValuesOf(policy),
                failure => Taken(policy.Name, failure),
                cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BackupPolicy?> FindPolicyAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync(
            $"{Select} WHERE {session.NameIs("name", "@name")}", [("name", name)], Reader(session), cancellationToken),
        nothing: null,
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackupPolicy>> ListPoliciesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> all = await database.ReadAsync(
            session => session.QueryAsync(Select, [], Reader(session), cancellationToken), nothing: [], cancellationToken)
            .ConfigureAwait(false);
        return [.. all.OrderBy(static policy => policy.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public Task UpdatePolicyAsync(BackupPolicy before, BackupPolicy after, CancellationToken cancellationToken)
    {
        Validate(after);
        return database.ChangeAsync(
            async session =>
            {
                BackupPolicy stored = await LockAsync(session, before.Name, cancellationToken).ConfigureAwait(false);
                ThrowIfChanged(stored, before);
                bool isRenamed = !NamesMatch(before.Name, after.Name);
                if (isRenamed)
                {
                    await ScheduleTable.RenameAsync(session, before.Name, after.Name, cancellationToken)
                        .ConfigureAwait(false);
                }

                await ReplaceAsync(session, stored.Name, after, cancellationToken).ConfigureAwait(false);
                if (isRenamed)
                {
                    await RunTable.RenameAsync(session, before.Name, after.Name, cancellationToken).ConfigureAwait(false);
                    await AlertTable.RenameAsync(session, before.Name, after.Name, after.ChangedAt, cancellationToken)
                        .ConfigureAwait(false);
                    await ChangeAllAsync(
                        session,
                        policy => policy.BasedOn is { } basis && NamesMatch(basis, before.Name)
                            ? policy with { BasedOn = after.Name } : policy,
                        cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task RemovePolicyAsync(string name, CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            int removed = await session.ExecuteAsync(
                $"DELETE FROM policies WHERE {session.NameIs("name", "@name")}", [("name", name)], cancellationToken)
                .ConfigureAwait(false);
            if (removed == 0)
            {
                throw Missing(name);
            }

            await ScheduleTable.RemoveAsync(session, name, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Has all policies name a repository by its new name.</summary>
    public static Task RenameRepositoryAsync(
        SqlSession session, string oldName, string newName, CancellationToken cancellationToken) =>
        oldName == newName
            ? Task.CompletedTask
            : ChangeAllAsync(
                session,
                policy => policy with { Settings = policy.Settings.WithRepositoryRenamed(oldName, newName) },
                cancellationToken);

    private static async Task ChangeAllAsync(
        SqlSession session, Func<BackupPolicy, BackupPolicy> change, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> all = await session.QueryAsync(
            Select + session.Dialect.LockingRows, [], Reader(session), cancellationToken).ConfigureAwait(false);
        foreach (BackupPolicy policy in all)
        {
            BackupPolicy changed = change(policy);
            if (PolicyJson.Write(changed) != PolicyJson.Write(policy))
            {
                await ReplaceAsync(session, policy.Name, changed, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<BackupPolicy> LockAsync(
        SqlSession session, string name, CancellationToken cancellationToken) =>
        await session.FindAsync(
            $"{Select} WHERE {session.NameIs("name", "@name")}{session.Dialect.LockingRows}",
            [("name", name)],
            Reader(session),
            cancellationToken).ConfigureAwait(false) ?? throw Missing(name);

    private static Task<int> ReplaceAsync(
        SqlSession session, string oldName, BackupPolicy policy, CancellationToken cancellationToken) =>
        session.ExecuteUniqueAsync(
            $"""
            UPDATE policies SET name = @name, document = @document, changed_at = @changed
            WHERE {session.NameIs("name", "@old")}
            """,
            [.. ValuesOf(policy), ("old", oldName)],
            failure => Taken(policy.Name, failure),
            cancellationToken);

    private static Func<DbDataReader, BackupPolicy> Reader(SqlSession session) => row =>
    {
        try
        {
            return PolicyJson.Read(row.GetString(1)) with { ChangedAt = row.Time(2) };
        }
        catch (BackupException failure)
        {
            throw session.Dialect.Damaged(
                $"holds a policy '{row.GetString(0)}' that this version cannot read: {failure.Message}", failure);
        }
    };

    private static void Validate(BackupPolicy policy)
    {
        NameRule.Validate(policy.Name, "policy");
        if (policy.Settings.PasswordReference is { } reference)
        {
            _ = SecretReference.Parse(reference);
        }
    }

    private static void ThrowIfChanged(BackupPolicy stored, BackupPolicy before)
    {
        if (stored.ChangedAt != before.ChangedAt || PolicyJson.Write(stored) != PolicyJson.Write(before))
        {
            throw new BackupException(
                BackupErrorKind.PolicyChanged,
                $"The policy '{before.Name}' was changed by somebody else meanwhile.",
                "Look at it with Get-BackupPolicy, and change it again.")
            {
                Subject = before.Name,
            };
        }
    }

    private static bool NamesMatch(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static (string, object?)[] ValuesOf(BackupPolicy policy) =>
    [
        ("name", policy.Name),
        ("document", PolicyJson.Write(policy)),
        ("changed", SqlTime.Format(policy.ChangedAt)),
    ];

    private static BackupException Taken(string name, Exception failure) => new(
        BackupErrorKind.PolicyExists,
        $"A policy has the name '{name}' already.",
        "Choose another name, or change the policy with Set-BackupPolicy.",
        failure)
    {
        Subject = name,
    };

    private static BackupException Missing(string name) => new(
        BackupErrorKind.PolicyNotFound, $"No policy has the name '{name}'.", "List the names with Get-BackupPolicy.")
    {
        Subject = name,
    };
}
