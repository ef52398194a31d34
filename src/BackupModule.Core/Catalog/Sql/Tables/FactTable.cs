using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The last event of each kind at each repository.</summary>
internal sealed class FactTable(SqlDatabase database)
{
    /// <summary>Remembers an event in place of the last one of its kind.</summary>
    public Task RecordAsync(string repositoryId, RepositoryFact fact, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            session => session.ExecuteAsync(
                """
                INSERT INTO repository_facts (repository_id, kind, at, passed, newest_backup, newest_in_source, waiting)
                    VALUES (@id, @kind, @at, @passed, @newest, @source, @waiting)
                ON CONFLICT (repository_id, kind) DO UPDATE SET at = excluded.at, passed = excluded.passed,
                    newest_backup = excluded.newest_backup, newest_in_source = excluded.newest_in_source,
                    waiting = excluded.waiting
                """,
                [
                    ("id", repositoryId),
                    ("kind", fact.Kind.ToString()),
                    ("at", Format(fact.At)),
                    ("passed", fact.Passed),
                    ("newest", Format(fact.NewestBackup)),
                    ("source", Format(fact.NewestInSource)),
                    ("waiting", fact.Waiting),
                ],
                cancellationToken),
            cancellationToken);

    /// <summary>The last events, by the repositories' own ids.</summary>
    public async Task<ILookup<string, RepositoryFact>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Id, RepositoryFact? Fact)> facts = await database.ReadAsync(
            session => session.QueryAsync(
                "SELECT repository_id, kind, at, passed, newest_backup, newest_in_source, waiting FROM repository_facts",
                [],
                static row => (row.GetString(0), Enum.TryParse(row.GetString(1), out RepositoryFactKind kind)
                    ? new RepositoryFact
                    {
                        Kind = kind,
                        At = row.Time(2),
                        Passed = row.GetBoolean(3),
                        NewestBackup = row.TimeOrNull(4),
                        NewestInSource = row.TimeOrNull(5),
                        Waiting = row.GetInt32(6),
                    }
                    : null),
                cancellationToken),
            nothing: [],
            cancellationToken).ConfigureAwait(false);
        return facts.Where(static pair => pair.Fact is not null).ToLookup(static pair => pair.Id, static pair => pair.Fact!);
    }

    /// <summary>Has the events of one repository count for another.</summary>
    public static async Task MoveAsync(
        SqlSession session, string oldId, string newId, CancellationToken cancellationToken)
    {
        (string, object?)[] values = [("old", oldId), ("new", newId)];
        await session.ExecuteAsync(
            """
            DELETE FROM repository_facts WHERE repository_id = @new
                AND kind IN (SELECT kind FROM repository_facts WHERE repository_id = @old)
            """,
            values,
            cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync(
            "UPDATE repository_facts SET repository_id = @new WHERE repository_id = @old", values, cancellationToken)
            .ConfigureAwait(false);
    }

    private static string? Format(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);
}
