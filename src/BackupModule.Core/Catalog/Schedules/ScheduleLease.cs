using System;

namespace BackupModule.Core.Catalog.Schedules;

/// <summary>The right of one runner, for a time, to run a policy's jobs.</summary>
/// <param name="PolicyName">The policy.</param>
/// <param name="Runner">Who holds it.</param>
/// <param name="Token">Rises each time the lease is given away, so that a runner that lost it cannot write.</param>
/// <param name="Until">When it ends, by the catalog's clock.</param>
public sealed record ScheduleLease(string PolicyName, string Runner, long Token, DateTimeOffset Until);
