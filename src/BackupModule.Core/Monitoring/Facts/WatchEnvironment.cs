using System;
using System.Collections.Generic;
using BackupModule.Core.Catalog;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What watching asks besides the catalog.</summary>
/// <param name="HostName">This machine.</param>
/// <param name="Clock">Its clock, with its zone.</param>
/// <param name="ReadSpace">The room where a repository lies; see <see cref="VolumeSpace.Read"/>.</param>
public sealed record WatchEnvironment(
    string HostName, TimeProvider Clock, Func<RegisteredRepository, VolumeSpace?> ReadSpace)
{
    /// <summary>The streams of databases' logs on this machine.</summary>
    public Func<IReadOnlyList<LogStreamStanding>> ReadStreams { get; init; } = static () => [];
}
