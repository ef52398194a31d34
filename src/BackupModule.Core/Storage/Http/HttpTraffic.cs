using System;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Storage.Http;

/// <summary>What bounds the traffic with a server.</summary>
internal sealed record HttpTraffic
{
    /// <summary>The rate at which content is sent and received; null for as fast as it goes.</summary>
    public Throttle? Throttle { get; init; }

    /// <summary>How long nothing may move before an exchange is given up: no byte of content in either direction, and no
    /// answer to what was sent.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMinutes(2);
}
