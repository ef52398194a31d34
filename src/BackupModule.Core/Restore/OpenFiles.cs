using System;
using System.Collections.Generic;
using System.Threading;

namespace BackupModule.Core.Restore;

/// <summary>
/// The files of a restore that are open at the moment. Chunks come by pack, not by file, so files stay open for a while;
/// the ones longest unused are closed when there are too many.
/// </summary>
/// <param name="open">Opens a file, for the first time or again.</param>
internal sealed class OpenFiles(Func<FileProgress, IRestoreFile> open) : IDisposable
{
    private const int Limit = 128;

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _byUse = new();
    private readonly Dictionary<FileProgress, LinkedListNode<Entry>> _byFile = [];

    /// <summary>Uses the file while nobody can close it.</summary>
    public void Use<T>(FileProgress file, T state, Action<IRestoreFile, T> action)
    {
        Entry entry = Borrow(file);
        try
        {
            // Opened outside the lock: a file that replaces another starts with a copy of what stays of it.
            action(entry.File.Value, state);
        }
        finally
        {
            Return(entry);
        }
    }

    /// <summary>Hands over the file, which nobody else uses any more; opens it if it is not open.</summary>
    public IRestoreFile Take(FileProgress file)
    {
        lock (_lock)
        {
            if (_byFile.Remove(file, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                return node.Value.File.Value;
            }
        }

        return open(file);
    }

    /// <summary>Closes the file, which nobody uses any more, if it is open.</summary>
    public void Close(FileProgress file)
    {
        lock (_lock)
        {
            if (_byFile.Remove(file, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                node.Value.Close();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Entry entry in _byUse)
        {
            entry.Close();
        }

        _byUse.Clear();
        _byFile.Clear();
    }

    private Entry Borrow(FileProgress file)
    {
        lock (_lock)
        {
            if (_byFile.TryGetValue(file, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
            }
            else
            {
                CloseUnused();
                node = new LinkedListNode<Entry>(new Entry(file, open));
                _byFile[file] = node;
            }

            node.Value.Users++;
            _byUse.AddLast(node);
            return node.Value;
        }
    }

    private void Return(Entry entry)
    {
        lock (_lock)
        {
            entry.Users--;
        }
    }

    private void CloseUnused()
    {
        for (LinkedListNode<Entry>? oldest = _byUse.First; oldest is not null && _byFile.Count >= Limit;)
        {
            LinkedListNode<Entry>? next = oldest.Next;
            if (oldest.Value.Users == 0)
            {
                _byUse.Remove(oldest);
                _byFile.Remove(oldest.Value.Progress);
                oldest.Value.Close();
            }

            oldest = next;
        }
    }

    private sealed class Entry(FileProgress progress, Func<FileProgress, IRestoreFile> open)
    {
        public FileProgress Progress { get; } = progress;

        public Lazy<IRestoreFile> File { get; } = new(() => open(progress));

        public int Users { get; set; }

        public void Close()
        {
            // What could not be opened has nothing to close.
            if (File.IsValueCreated)
            {
                File.Value.Dispose();
            }
        }
    }
}
