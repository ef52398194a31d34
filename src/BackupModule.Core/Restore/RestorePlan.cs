using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Restore;

/// <summary>What a restore is going to do, item by item: directories before what is in them.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Items">The steps.</param>
public sealed record RestorePlan(RestoreOptions Options, IReadOnlyList<RestoreItem> Items)
{
    /// <summary>Bytes of content that are written.</summary>
    public long BytesToWrite => Items.Sum(static item => item.BytesToWrite);

    /// <summary>How many items get this treatment.</summary>
    public int Count(RestoreAction action) => Items.Count(item => item.Action == action);
}
