using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The alerts, each a document with the columns that are searched. The column of the policy's name is what counts:
/// it follows when the policy is renamed. An index keeps open alerts unique by kind, policy and subject.</summary>
internal sealed class AlertTable(SqlDatabase database) : IAlertCatalog
{
    private const string Select = "SELECT alert_id, policy_name, kind, severity, document FROM alerts";
    private const string Insert =
        """
        INSERT INTO alerts (alert_id, kind, severity, policy_name, subject, opened_at, closed_at, document)
        VALUES (@id, @kind, @severity, @policy, @subject, @opened, @closed, @document)
        ON CONFLICT DO NOTHING
        """;

    private static readonly StoredDocument<AlertRecord> s_document = new(CatalogJsonContext.Default.AlertRecord);

    /// <inheritdoc/>
    public Task<bool> OpenAlertAsync(AlertRecord alert, CancellationToken cancellationToken) => database.ChangeAsync(
        async session => await session.ExecuteAsync(
            Insert, ValuesOf(alert, s_document.Write(alert)), cancellationToken).ConfigureAwait(false) > 0,
        cancellationToken);

    /// <inheritdoc/>
    public Task SaveAlertAsync(AlertRecord alert, CancellationToken cancellationToken) => database.ChangeAsync(
        session => SaveAsync(session, alert, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ReplaceAlertAsync(
        AlertRecord before, AlertRecord after, CancellationToken cancellationToken) => database.ChangeAsync(
            async session =>
            {
                string? stored = await session.FindAsync(
                    "SELECT document FROM alerts WHERE alert_id = @id AND closed_at IS NULL" + session.Dialect.LockingRows,
                    [("id", before.AlertId)],
                    static row => row.GetString(0),
                    cancellationToken).ConfigureAwait(false);
                if (stored is null || s_document.Read(stored).Notifications != before.Notifications)
                {
                    return false;
                }

                await UpdateAsync(session, after, stored, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertRecord>> ListOpenAlertsAsync(CancellationToken cancellationToken) =>
        ListAsync("closed_at IS NULL", [], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertRecord>> ListAlertsAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        ListAsync("opened_at >= @since", [("since", SqlTime.Format(since))], cancellationToken);

    /// <summary>Has the alerts of a policy count for its new name. Alerts that are open under the new name are of a policy
    /// that is gone, and end.</summary>
    public static async Task RenameAsync(
        SqlSession session, string oldName, string newName, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<AlertRecord?> orphans = await session.QueryAsync(
            $"{Select} WHERE closed_at IS NULL AND {session.NameIs("policy_name", "@name")}",
            [("name", newName)],
            row => Read(session, row),
            cancellationToken).ConfigureAwait(false);
        foreach (AlertRecord orphan in orphans.OfType<AlertRecord>())
        {
            await SaveAsync(session, orphan with { ClosedAt = at }, cancellationToken).ConfigureAwait(false);
        }

        await session.ExecuteAsync(
            $"UPDATE alerts SET policy_name = @new WHERE {session.NameIs("policy_name", "@old")}",
            [("old", oldName), ("new", newName)],
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task SaveAsync(SqlSession session, AlertRecord alert, CancellationToken cancellationToken)
    {
        (string Document, bool IsClosed)[] stored =
        [
            .. await session.QueryAsync(
                "SELECT document, closed_at FROM alerts WHERE alert_id = @id" + session.Dialect.LockingRows,
                [("id", alert.AlertId)],
                static row => (row.GetString(0), !row.IsDBNull(1)),
                cancellationToken).ConfigureAwait(false),
        ];
        if (stored is not [var before])
        {
            await session.ExecuteAsync(Insert, ValuesOf(alert, s_document.Write(alert)), cancellationToken)
                .ConfigureAwait(false);
        }
        else if (!before.IsClosed || alert.ClosedAt is not null)
        {
            await UpdateAsync(session, alert, before.Document, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<int> UpdateAsync(
        SqlSession session, AlertRecord alert, string before, CancellationToken cancellationToken) => session.ExecuteAsync(
            """
            UPDATE alerts SET severity = @severity, opened_at = @opened, closed_at = @closed, document = @document
            WHERE alert_id = @id
            """,
            ValuesOf(alert, s_document.Write(alert, before)),
            cancellationToken);

    private async Task<IReadOnlyList<AlertRecord>> ListAsync(
        string condition, (string, object?)[] values, CancellationToken cancellationToken)
    {
        IReadOnlyList<AlertRecord?> found = await database.ReadAsync(
            session => session.QueryAsync(
                $"{Select} WHERE {condition} ORDER BY opened_at DESC, alert_id DESC",
                values,
                row => Read(session, row),
                cancellationToken),
            nothing: [],
            cancellationToken).ConfigureAwait(false);
        return [.. found.OfType<AlertRecord>()];
    }

    // What a newer version of the module warns of, it looks after itself.
    private static AlertRecord? Read(SqlSession session, DbDataReader row)
    {
        if (!Enum.TryParse<AlertKind>(row.GetString(2), out _) || !Enum.TryParse<AlertSeverity>(row.GetString(3), out _))
        {
            return null;
        }

        try
        {
            return s_document.Read(row.GetString(4)) with { PolicyName = row.TextOrNull(1) };
        }
        catch (JsonException failure)
        {
            throw session.Dialect.Damaged(
                $"holds an alert '{row.GetString(0)}' that cannot be read: {failure.Message}", failure);
        }
    }

    private static (string, object?)[] ValuesOf(AlertRecord alert, string document) =>
    [
        ("id", alert.AlertId),
        ("kind", alert.Kind.ToString()),
        ("severity", alert.Severity.ToString()),
        ("policy", alert.PolicyName),
        ("subject", alert.Subject),
        ("opened", SqlTime.Format(alert.OpenedAt)),
        ("closed", SqlTime.Format(alert.ClosedAt)),
        ("document", document),
    ];
}
