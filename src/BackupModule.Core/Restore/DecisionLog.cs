using System;
using System.Collections.Generic;

namespace BackupModule.Core.Restore;

/// <summary>
/// What was decided about each entry of a backup, in the order of a walk over its trees: a byte an entry, so that the plan
/// for millions of files stays small. Number 0 is the root of the walk. One thread writes; a log that is complete may be
/// read by several.
/// </summary>
internal sealed class DecisionLog
{
    private readonly List<RestoreDecision> _decisions = [];
    private readonly List<Extent> _extents = [];
    private readonly Stack<(int Extent, int Depth)> _open = [];
    private readonly Dictionary<int, string> _links = [];
    private readonly Dictionary<int, int[]> _chunks = [];

    /// <summary>A number for the next entry of the walk, about which nothing is decided yet.</summary>
    /// <param name="depth">How deep the entry is; what is as deep or deeper and was entered is left.</param>
    public int Add(int depth)
    {
        Leave(depth);
        _decisions.Add(default);
        return _decisions.Count - 1;
    }

    /// <summary>The walk goes on in this directory.</summary>
    public void Enter(int number, int depth)
    {
        _decisions[number] = _decisions[number].WithEnters(true);
        _open.Push((_extents.Count, depth));
        _extents.Add(new Extent(number, number + 1));
    }

    /// <summary>The directory entered last cannot be read, so that the walk goes on behind it.</summary>
    public void CannotEnter(int number) => _decisions[number] = _decisions[number].WithEnters(false);

    /// <summary>Notes what is planned for an entry.</summary>
    public void Decide(int number, RestoreItem item)
    {
        _decisions[number] = new RestoreDecision(item).WithEnters(_decisions[number].Enters);
        if (item.LinkTo is not null)
        {
            _links[number] = item.LinkTo;
        }

        if (item.ChunksToWrite is not null)
        {
            _chunks[number] = [.. item.ChunksToWrite];
        }
    }

    /// <summary>The walk is at its end.</summary>
    public void Complete() => Leave(0);

    /// <summary>What was decided about the entry.</summary>
    public RestoreDecision DecisionOn(int number) => _decisions[number];

    /// <summary>As <see cref="RestoreItem.LinkTo"/>.</summary>
    public string? LinkOf(int number) => _links.GetValueOrDefault(number);

    /// <summary>As <see cref="RestoreItem.ChunksToWrite"/>.</summary>
    public IReadOnlyList<int>? ChunksOf(int number) => _chunks.GetValueOrDefault(number);

    /// <summary>The number that follows all that is in a directory which was entered.</summary>
    public int EndOf(int number) => _extents[_extents.BinarySearch(new Extent(number, 0))].End;

    private void Leave(int depth)
    {
        while (_open.TryPeek(out (int Extent, int Depth) directory) && directory.Depth >= depth)
        {
            _extents[directory.Extent] = _extents[directory.Extent] with { End = _decisions.Count };
            _open.Pop();
        }
    }

    /// <summary>From a directory to the end of all that is in it.</summary>
    private readonly record struct Extent(int Number, int End) : IComparable<Extent>
    {
        public int CompareTo(Extent other) => Number.CompareTo(other.Number);
    }
}
