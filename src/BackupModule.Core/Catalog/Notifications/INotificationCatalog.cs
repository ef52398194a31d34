using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Notifications;

/// <summary>The part of the catalog that holds notification channels. Names are unique, case aside.</summary>
public interface INotificationCatalog
{
    /// <summary>All channels, by name.</summary>
    Task<IReadOnlyList<StoredChannel>> ListChannelsAsync(CancellationToken cancellationToken);

    /// <summary>The channel of the name; null if there is none.</summary>
    Task<StoredChannel?> FindChannelAsync(string name, CancellationToken cancellationToken);

    /// <summary>Adds a channel.</summary>
    /// <exception cref="BackupException"><c>NotificationExists</c>.</exception>
    Task AddChannelAsync(StoredChannel channel, CancellationToken cancellationToken);

    /// <summary>Replaces the channel of the name, which may change the name too.</summary>
    /// <exception cref="BackupException"><c>NotificationNotFound</c>; <c>NotificationExists</c>: the new name is taken.</exception>
    Task UpdateChannelAsync(string name, StoredChannel channel, CancellationToken cancellationToken);

    /// <summary>Removes the channel of the name.</summary>
    /// <exception cref="BackupException"><c>NotificationNotFound</c>.</exception>
    Task RemoveChannelAsync(string name, CancellationToken cancellationToken);
}
