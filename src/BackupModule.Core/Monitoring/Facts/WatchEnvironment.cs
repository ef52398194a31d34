using System;
using BackupModule.Core.Catalog;

namespace BackupModule.Core.Monitoring.Facts;

/// <summary>What watching asks besides the catalog.</summary>
/// <param name="HostName">This machine.</param>
/// <param name="Clock">Its clock, with its zone.</param>
/// <param name="ReadSpace">The room where a repository lies; see <see cref="VolumeSpace.Read"/>.</param>
public sealed record WatchEnvironment(
    string HostName, TimeProvider Clock, Func<RegisteredRepository, VolumeSpace?> ReadSpace);
