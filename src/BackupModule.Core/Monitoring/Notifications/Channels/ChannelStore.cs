using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Notifications;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>The channels in a catalog.</summary>
/// <param name="catalog">The catalog.</param>
public sealed class ChannelStore(INotificationCatalog catalog)
{
    /// <summary>All channels, by name.</summary>
    /// <param name="onUnreadable">Hears of channels whose settings cannot be read; the others are listed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>.</exception>
    public async Task<IReadOnlyList<NotificationChannel>> ListAsync(
        Action<BackupException> onUnreadable, CancellationToken cancellationToken)
    {
        List<NotificationChannel> channels = [];
        foreach (StoredChannel stored in await catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                channels.Add(ChannelJson.Read(stored));
            }
            catch (BackupException failure)
            {
                onUnreadable(failure);
            }
        }

        return channels;
    }

    /// <summary>The channel of the name, case aside.</summary>
    /// <exception cref="BackupException"><c>NotificationNotFound</c>, <c>CatalogUnavailable</c>.</exception>
    public async Task<NotificationChannel> FindAsync(string name, CancellationToken cancellationToken) =>
        await catalog.FindChannelAsync(name, cancellationToken).ConfigureAwait(false) is { } stored
            ? ChannelJson.Read(stored)
            : throw NotFound(name);

    /// <summary>The failure of whoever asks for a channel that is not there.</summary>
    public static BackupException NotFound(string name) => StoredChannel.NotFound(name);

    /// <summary>Keeps a new channel.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: see <see cref="NotificationChannel.Validate"/>;
    /// <c>NotificationExists</c>, <c>CatalogUnavailable</c>.</exception>
    public Task AddAsync(NotificationChannel channel, CancellationToken cancellationToken)
    {
        channel.Validate();
        return catalog.AddChannelAsync(ChannelJson.Write(channel), cancellationToken);
    }

    /// <summary>Replaces the channel of the name, which may change the name too.</summary>
    /// <exception cref="BackupException">As <see cref="AddAsync"/>; <c>NotificationNotFound</c>.</exception>
    public Task UpdateAsync(string name, NotificationChannel channel, CancellationToken cancellationToken)
    {
        channel.Validate();
        return catalog.UpdateChannelAsync(name, ChannelJson.Write(channel), cancellationToken);
    }
}
