using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Scheduling;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The runs, each a document with the columns that are searched. The column of the policy's name is what counts:
/// it follows when the policy is renamed.</summary>
internal sealed class RunTable(SqlDatabase database) : IRunCatalog
{
    private const string Select = "SELECT run_id, policy_name, job, kind, trigger, state, document FROM runs";
    private const string Insert =
        """
        INSERT INTO runs (run_id, policy_name, job, kind, trigger, state, started_at, document)
        VALUES (@id, @policy, @job, @kind, @trigger, @state, @started, @document)
        """;

    private static readonly StoredDocument<RunRecord> s_document = new(CatalogJsonContext.Default.RunRecord);

    /// <inheritdoc/>
    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            string? before = await session.FindAsync(
                "SELECT document FROM runs WHERE run_id = @id" + session.Dialect.LockingRows,
                [("id", run.RunId)],
                static row => row.GetString(0),
                cancellationToken).ConfigureAwait(false);
            if (before is null)
            {
                await session.ExecuteAsync(
                    $"""
                    {Insert}
                    ON CONFLICT (run_id) DO UPDATE SET job = excluded.job, kind = excluded.kind, trigger = excluded.trigger,
                        state = excluded.state, started_at = excluded.started_at, document = excluded.document
                    """,
                    ValuesOf(run, s_document.Write(run)),
                    cancellationToken).ConfigureAwait(false);
                return;
            }

            await session.ExecuteAsync(
                """
                UPDATE runs SET job = @job, kind = @kind, trigger = @trigger, state = @state, started_at = @started,
                    document = @document
                WHERE run_id = @id
                """,
                ValuesOf(run, s_document.Write(run, before)),
                cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> AddRunsAsync(IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async session =>
            {
                int added = 0;
                foreach (RunRecord run in runs)
                {
                    added += await session.ExecuteAsync(
                        Insert + " ON CONFLICT (run_id) DO NOTHING",
                        ValuesOf(run, s_document.Write(run)),
                        cancellationToken).ConfigureAwait(false);
                }

                return added;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<RunRecord?> FindRunAsync(string idPrefix, CancellationToken cancellationToken)
    {
        // Ids are hexadecimal digits in lower case, all of which come before g.
        IReadOnlyList<RunRecord?> found = await ListAsync(
            static _ => " WHERE run_id >= @first AND run_id < @last LIMIT 2",
            [("first", idPrefix.ToLowerInvariant()), ("last", idPrefix.ToLowerInvariant() + "g")],
            cancellationToken).ConfigureAwait(false);
        return found.Count == 1 ? found[0] : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        List<(string, object?)> values = [];
        IReadOnlyList<RunRecord?> found = await ListAsync(
            session => Conditions(session, query, values) + " ORDER BY started_at DESC, run_id DESC"
                + (query.Limit is null ? string.Empty : " LIMIT @limit"),
            values,
            cancellationToken).ConfigureAwait(false);
        return [.. found.OfType<RunRecord>()];
    }

    /// <summary>Has the runs of a policy count for its new name.</summary>
    public static Task<int> RenameAsync(
        SqlSession session, string oldName, string newName, CancellationToken cancellationToken) => session.ExecuteAsync(
            $"UPDATE runs SET policy_name = @new WHERE {session.NameIs("policy_name", "@old")}",
            [("old", oldName), ("new", newName)],
            cancellationToken);

    private Task<IReadOnlyList<RunRecord?>> ListAsync(
        Func<SqlSession, string> conditions, IReadOnlyList<(string, object?)> values, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                string sql = Select + conditions(session);
                return session.QueryAsync(sql, [.. values], row => Read(session, row), cancellationToken);
            },
            nothing: [],
            cancellationToken);

    private static string Conditions(SqlSession session, RunQuery query, List<(string, object?)> values)
    {
        List<string> conditions = [];
        Add(query.PolicyName, session.NameIs("policy_name", "@policy"), "policy");
        Add(query.Job?.ToString(), "job = @job", "job");
        Add(query.State?.ToString(), "state = @state", "state");
        Add(SqlTime.Format(query.Since), "started_at >= @since", "since");
        Add(SqlTime.Format(query.Before), "started_at < @before", "before");
        if (query.Limit is { } limit)
        {
            values.Add(("limit", limit));
        }

        return conditions.Count == 0 ? string.Empty : " WHERE " + string.Join(" AND ", conditions);

        void Add(string? value, string condition, string name)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                values.Add((name, value));
            }
        }
    }

    // What a newer version of the module does is none of this one's runs.
    private static RunRecord? Read(SqlSession session, DbDataReader row)
    {
        if (!Enum.TryParse<JobKind>(row.GetString(2), out _) || !Enum.TryParse<BackupKind>(row.GetString(3), out _)
            || !Enum.TryParse<RunTrigger>(row.GetString(4), out _) || !Enum.TryParse<RunState>(row.GetString(5), out _))
        {
            return null;
        }

        try
        {
            return s_document.Read(row.GetString(6)) with { PolicyName = row.GetString(1) };
        }
        catch (JsonException failure)
        {
            throw session.Dialect.Damaged(
                $"holds a run '{row.GetString(0)}' that cannot be read: {failure.Message}", failure);
        }
    }

    private static (string, object?)[] ValuesOf(RunRecord run, string document) =>
    [
        ("id", run.RunId),
        ("policy", run.PolicyName),
        ("job", run.Job.ToString()),
        ("kind", run.Kind.ToString()),
        ("trigger", run.Trigger.ToString()),
        ("state", run.State.ToString()),
        ("started", SqlTime.Format(run.StartedAt)),
        ("document", document),
    ];
}
