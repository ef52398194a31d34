using System;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>How patiently a store is tried again. The defaults outlast the restart of a server, about two minutes.</summary>
public sealed record RetryOptions
{
    /// <summary>How often a call is tried again after its first failure.</summary>
    public int Retries { get; init; } = 9;

    /// <summary>The pause before the second attempt; each further one is twice as long, give or take.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many calls must have failed, and none succeeded, within <see cref="Sampling"/> before the store is
    /// left alone.</summary>
    public int FailuresUntilRest { get; init; } = 40;

    /// <summary>The time over which failures are counted.</summary>
    public TimeSpan Sampling { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long it is left alone.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(30);
}
