using System;

namespace BackupModule.Core.Databases.Logs;

/// <summary>The moments that a restore of one backup can be recovered to.</summary>
/// <param name="From">The first one: the moment that the backup stands for.</param>
/// <param name="FromPosition">The log position of it, in the engine's own words.</param>
/// <param name="To">The last one that the log reaches without a hole; <paramref name="From"/> where there is no log.</param>
/// <param name="ToPosition">The log position of it.</param>
/// <param name="Hole">What is missing after it although there is more log; null where there is no more.</param>
public sealed record RecoveryReach(
    DateTimeOffset From, string FromPosition, DateTimeOffset To, string ToPosition, LogHole? Hole);

/// <summary>A hole in a log.</summary>
/// <param name="Missing">What is missing, in the engine's own words: <c>000000010000000000000087</c>.</param>
/// <param name="ResumesAt">The moment from which there is log again.</param>
public sealed record LogHole(string Missing, DateTimeOffset ResumesAt);
