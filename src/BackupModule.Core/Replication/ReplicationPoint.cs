using System;
using System.Globalization;

namespace BackupModule.Core.Replication;

/// <summary>One of the five demands of 3-2-1-1-0.</summary>
/// <param name="Name">The demand, e.g. <c>3 copies</c>.</param>
/// <param name="IsMet">True if facts meet it.</param>
/// <param name="Fact">The facts, or what is missing.</param>
/// <param name="Date">When the oldest event happened that it rests upon; null if it is not met.</param>
/// <param name="NextStep">What to do; null if it is met.</param>
public sealed record ReplicationPoint(
    string Name, bool IsMet, string Fact, DateTimeOffset? Date, string? NextStep)
{
    /// <inheritdoc/>
    public override string ToString() => IsMet
        ? string.Create(CultureInfo.InvariantCulture, $"met since {Date:yyyy-MM-dd}: {Fact}")
        : $"not met: {Fact} {NextStep}";
}
