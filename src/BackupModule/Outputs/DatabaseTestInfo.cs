using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases;

namespace BackupModule.Outputs;

/// <summary>What <c>Test-BackupDatabase</c> found at a database source.</summary>
public sealed record DatabaseTestInfo
{
    /// <summary>The policy; null for a source that was given.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The source's name.</summary>
    public required string Name { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>How it is backed up.</summary>
    public required DatabaseMode Mode { get; init; }

    /// <summary>True if a backup can be made; what is only worth changing does not count.</summary>
    public bool Passed => Finding.All(static finding => !finding.IsError);

    /// <summary>Everything worth saying, errors first; empty where all is well.</summary>
    public required IReadOnlyList<DatabaseFinding> Finding { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    internal static DatabaseTestInfo From(
        DatabaseDefinition database, IReadOnlyList<DatabaseFinding> findings, string? policyName, TimeSpan duration) => new()
    {
        PolicyName = policyName,
        Name = database.Name,
        Engine = database.Engine,
        Mode = database.Mode,
        Finding = findings,
        Duration = duration,
    };
}
