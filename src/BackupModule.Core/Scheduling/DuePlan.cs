using System;
using System.Collections.Generic;

namespace BackupModule.Core.Scheduling;

/// <summary>What a policy's schedule asks for at a moment.</summary>
public sealed record DuePlan
{
    /// <summary>What is to be done, in order.</summary>
    public required IReadOnlyList<DueJob> Jobs { get; init; }

    /// <summary>How far every entry is before any of the jobs is done: new entries begin at the moment of the plan.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> HandledUntil { get; init; }

    /// <summary>When something is due next once the jobs are done; null if nothing ever is.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The entries that were dealt with up to moments that are to come.</summary>
    public IReadOnlyList<ClockMove> ClockMoves { get; init; } = [];

    /// <summary>How far every entry is after the first jobs are done.</summary>
    /// <param name="done">The number of jobs.</param>
    public IReadOnlyDictionary<string, DateTimeOffset> HandledAfter(int done)
    {
        Dictionary<string, DateTimeOffset> handled = new(HandledUntil, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < done; i++)
        {
            foreach ((string name, DateTimeOffset until) in Jobs[i].Handles)
            {
                handled[name] = until;
            }
        }

        return handled;
    }
}
