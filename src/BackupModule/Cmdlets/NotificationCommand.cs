using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that uses the catalog's notifications.</summary>
public abstract class NotificationCommand : CatalogCommand
{
    /// <summary>The notifications in the catalog.</summary>
    private protected ChannelStore Channels => new(Catalog);

    /// <summary>The names that match one of the wildcard patterns; all where there is no pattern.</summary>
    /// <exception cref="BackupException"><c>NotificationNotFound</c> for a name without wildcards that is not there.
    /// </exception>
    private protected async Task<IReadOnlyList<string>> FindNamesAsync(
        IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        List<string> all =
        [
            .. (await Catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false))
                .Select(static channel => channel.Name),
        ];
        foreach (string name in patterns.Where(static name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            if (!all.Contains(name, System.StringComparer.OrdinalIgnoreCase))
            {
                throw ChannelStore.NotFound(name);
            }
        }

        List<WildcardPattern> compiled =
            [.. patterns.Select(static pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];
        return patterns.Count == 0
            ? all
            : [.. all.Where(name => compiled.Exists(pattern => pattern.IsMatch(name)))];
    }

    /// <summary>As <see cref="FindNamesAsync"/>, with the settings. One whose settings cannot be read is an error that does
    /// not stop the others.</summary>
    private protected async Task<IReadOnlyList<NotificationChannel>> FindChannelsAsync(
        IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        List<NotificationChannel> found = [];
        foreach (string name in await FindNamesAsync(patterns, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                found.Add(await Channels.FindAsync(name, cancellationToken).ConfigureAwait(false));
            }
            catch (BackupException failure) when (failure.Subject == name)
            {
                Pipeline.OnItemFailed(failure);
            }
        }

        return found;
    }
}
