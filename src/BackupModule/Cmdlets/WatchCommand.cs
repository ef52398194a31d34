using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that shows how policies stand, by the catalog alone: it opens no repository and changes nothing.
/// </summary>
public abstract class WatchCommand : CatalogCommand
{
    private StatusReport? _report;

    /// <summary>What watching asks besides the catalog.</summary>
    private protected static WatchEnvironment Environment { get; } =
        new(MachineIdentity.Current.HostName, Clock, VolumeSpace.Read)
        {
            ReadStreams = static () => LogStreamStates.Of(BackupHome.Locate().Folder).Read(),
        };

    /// <summary>How everything stands; read once for all input.</summary>
    private protected async Task<StatusReport> ReadReportAsync(CancellationToken cancellationToken) =>
        _report ??= StatusCalculator.Calculate(await new WatchReader(Catalog, Environment)
            .ReadAsync(WatchReader.StatusWindow, cancellationToken).ConfigureAwait(false));
}
