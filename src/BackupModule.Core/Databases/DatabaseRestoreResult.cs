using System;
using System.Collections.Generic;

namespace BackupModule.Core.Databases;

/// <summary>How a restore of a database ended.</summary>
public sealed record DatabaseRestoreResult
{
    /// <summary>The source's name in the policy.</summary>
    public required string Name { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>The data directory or file that was made; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>The databases that were made, by their new names.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>The TCP port of the new server; null for none.</summary>
    public int? Port { get; init; }

    /// <summary>The log position reached, in the engine's own words; null where there is none.</summary>
    public string? Position { get; init; }

    /// <summary>The moment reached, by the server's clock; null where it is not known.</summary>
    public DateTimeOffset? ReachedAt { get; init; }

    /// <summary>What was checked afterwards, and how it went.</summary>
    public IReadOnlyList<DatabaseCheck> Checks { get; init; } = [];

    /// <summary>How long each part took, in order.</summary>
    public IReadOnlyList<DatabasePhase> Phases { get; init; } = [];
}

/// <summary>A check of a restored database.</summary>
/// <param name="Name">What was checked, as <c>pg_amcheck</c>.</param>
/// <param name="Passed">True if it was well; null if it could not be made.</param>
/// <param name="Message">What it said; null for nothing.</param>
public sealed record DatabaseCheck(string Name, bool? Passed, string? Message = null);

/// <summary>A part of a restore.</summary>
/// <param name="Name">What was done, as one word.</param>
/// <param name="Duration">How long it took.</param>
public sealed record DatabasePhase(string Name, TimeSpan Duration);
