using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The notification channels.</summary>
internal sealed class ChannelTable(SqlDatabase database, TimeProvider time) : INotificationCatalog
{
    private const string Select = "SELECT name, document FROM notification_channels";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredChannel>> ListChannelsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredChannel> all = await database.ReadAsync(
            session => session.QueryAsync(Select, [], Read, cancellationToken), nothing: [], cancellationToken)
            .ConfigureAwait(false);
        return [.. all.OrderBy(static channel => channel.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public Task<StoredChannel?> FindChannelAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.FindAsync(
            $"{Select} WHERE {session.NameIs("name", "@name")}", [("name", name)], Read, cancellationToken),
        nothing: null,
        cancellationToken);

    /// <inheritdoc/>
    public Task AddChannelAsync(StoredChannel channel, CancellationToken cancellationToken)
    {
        NameRule.Validate(channel.Name, "notification channel");
        return database.ChangeAsync(
            session => session.ExecuteUniqueAsync(
                "INSERT INTO notification_channels (name, document, changed_at) VALUES (@name, @document, @changed)",
                ValuesOf(channel),
                failure => StoredChannel.Taken(channel.Name, failure),
                cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task UpdateChannelAsync(string name, StoredChannel channel, CancellationToken cancellationToken)
    {
        NameRule.Validate(channel.Name, "notification channel");
        return database.ChangeAsync(
            async session =>
            {
                int changed = await session.ExecuteUniqueAsync(
                    $"""
                    UPDATE notification_channels SET name = @name, document = @document, changed_at = @changed
                    WHERE {session.NameIs("name", "@old")}
                    """,
                    [.. ValuesOf(channel), ("old", name)],
                    failure => StoredChannel.Taken(channel.Name, failure),
                    cancellationToken).ConfigureAwait(false);
                ThrowIfNone(changed, name);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task RemoveChannelAsync(string name, CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            int removed = await session.ExecuteAsync(
                $"DELETE FROM notification_channels WHERE {session.NameIs("name", "@name")}",
                [("name", name)],
                cancellationToken).ConfigureAwait(false);
            ThrowIfNone(removed, name);
        },
        cancellationToken);

    private static StoredChannel Read(DbDataReader row) => new(row.GetString(0), row.GetString(1));

    private (string, object?)[] ValuesOf(StoredChannel channel) =>
    [
        ("name", channel.Name),
        ("document", channel.Json),
        ("changed", SqlTime.Format(time.GetUtcNow())),
    ];

    private static void ThrowIfNone(int changed, string name)
    {
        if (changed == 0)
        {
            throw StoredChannel.NotFound(name);
        }
    }
}
