using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scanning;

/// <summary>A directory that was read beside its tree in the parent snapshot. The walk takes its entries one by one, and
/// what it has taken is held no longer.</summary>
internal sealed class DirectoryListing
{
    private readonly ListedEntry[] _entries;

    /// <summary>A directory that was read.</summary>
    /// <param name="directory">The directory in the making, with a place for each entry.</param>
    /// <param name="entries">The entries in byte order.</param>
    /// <param name="warning">What the user should know of the parent snapshot's tree; null if nothing.</param>
    public DirectoryListing(DirectoryScan directory, ListedEntry[] entries, string? warning)
    {
        Directory = directory;
        _entries = entries;
        Warning = warning;
    }

    /// <summary>A directory that could not be read.</summary>
    public DirectoryListing(BackupException failure)
    {
        Failure = failure;
        _entries = [];
    }

    /// <summary>The directory in the making; null if it could not be read.</summary>
    public DirectoryScan? Directory { get; }

    /// <summary>Why it could not be read; null if it could.</summary>
    public BackupException? Failure { get; }

    /// <summary>What the user should know of the parent snapshot's tree; null if nothing.</summary>
    public string? Warning { get; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Length;

    /// <summary>The place of the next entry.</summary>
    public int Position { get; private set; }

    /// <summary>Looks at an entry that was not taken yet.</summary>
    public ref readonly ListedEntry this[int slot] => ref _entries[slot];

    /// <summary>Takes the next entry out; false after the last.</summary>
    public bool TryTake(out ListedEntry entry, out int slot)
    {
        slot = Position;
        if (slot == _entries.Length)
        {
            entry = default;
            return false;
        }

        entry = _entries[slot];
        _entries[slot] = default;
        Position++;
        return true;
    }
}
