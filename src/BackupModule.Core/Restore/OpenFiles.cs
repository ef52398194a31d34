using System;
using System.Collections.Generic;

namespace BackupModule.Core.Restore;

/// <summary>
/// The files of a restore that are open at the moment. Chunks come by pack, not by file, so files stay open for a while;
/// the ones longest unused are closed when there are too many.
/// </summary>
internal sealed class OpenFiles(IRestoreTarget target) : IDisposable
{
    private const int Limit = 128;

    private readonly LinkedList<Entry> _byUse = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byPath = [];

    /// <summary>Uses the file while nobody can close it.</summary>
    public void Use(string path, Action<IRestoreFile> action)
    {
        LinkedListNode<Entry> node = Borrow(path);
        try
        {
            action(node.Value.File);
        }
        finally
        {
            Return(node);
        }
    }

    /// <summary>Closes the file, which nobody uses any more.</summary>
    public void Close(string path)
    {
        lock (_byPath)
        {
            if (_byPath.Remove(path, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                node.Value.File.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Entry entry in _byUse)
        {
            entry.File.Dispose();
        }

        _byUse.Clear();
        _byPath.Clear();
    }

    private LinkedListNode<Entry> Borrow(string path)
    {
        lock (_byPath)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
            }
            else
            {
                CloseUnused();
                node = new LinkedListNode<Entry>(new Entry(path, target.OpenFile(path)));
                _byPath[path] = node;
            }

            node.Value.Users++;
            _byUse.AddLast(node);
            return node;
        }
    }

    private void Return(LinkedListNode<Entry> node)
    {
        lock (_byPath)
        {
            node.Value.Users--;
        }
    }

    private void CloseUnused()
    {
        for (LinkedListNode<Entry>? oldest = _byUse.First; oldest is not null && _byPath.Count >= Limit;)
        {
            LinkedListNode<Entry>? next = oldest.Next;
            if (oldest.Value.Users == 0)
            {
                _byUse.Remove(oldest);
                _byPath.Remove(oldest.Value.Path);
                oldest.Value.File.Dispose();
            }

            oldest = next;
        }
    }

    private sealed class Entry(string path, IRestoreFile file)
    {
        public string Path { get; } = path;

        public IRestoreFile File { get; } = file;

        public int Users { get; set; }
    }
}
