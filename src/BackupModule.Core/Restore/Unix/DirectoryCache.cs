using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>
/// Keeps the directories used last open, so that a deep tree's paths are not resolved once a file. Holds references
/// through the handles' own counts: a directory in use survives its eviction.
/// </summary>
/// <param name="root">The restore's folder; not owned.</param>
internal sealed class DirectoryCache(SafeFileHandle root) : IDisposable
{
    private const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, SafeFileHandle Handle)>> _byPath = [];
    private readonly LinkedList<(string Path, SafeFileHandle Handle)> _byUse = [];
    private int _generation;

    /// <summary>Opens the directory, or finds it open.</summary>
    /// <returns>The lease, or null with the error number.</returns>
    public DirectoryLease? Lease(ReadOnlySpan<char> path, out int error)
    {
        error = 0;
        if (path.IsEmpty)
        {
            return new DirectoryLease(root);
        }

        int generation;
        lock (_lock)
        {
            if (_byPath.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var known))
            {
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                return new DirectoryLease(known.Value.Handle);
            }

            generation = _generation;
        }

        string key = path.ToString();
        SafeFileHandle? opened = BeneathResolver.Open(root, key, out error);
        if (opened is null)
        {
            return null;
        }

        DirectoryLease lease = new(opened);
        if (!TryKeep(key, opened, generation))
        {
            // The lease keeps it open.
            opened.Dispose();
        }

        return lease;
    }

    /// <summary>Forgets the directory and all below it, after it was removed or renamed.</summary>
    public void Forget(string path)
    {
        lock (_lock)
        {
            // Keeps out what another thread opened before and is about to keep.
            _generation++;
            LinkedListNode<(string Path, SafeFileHandle Handle)>? entry = _byUse.First;
            while (entry is not null)
            {
                LinkedListNode<(string Path, SafeFileHandle Handle)>? next = entry.Next;
                string known = entry.Value.Path;
                if (known.StartsWith(path, StringComparison.Ordinal)
                    && (known.Length == path.Length || known[path.Length] == '/'))
                {
                    Drop(entry);
                }

                entry = next;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_byUse.First is { } entry)
            {
                Drop(entry);
            }
        }
    }

    private bool TryKeep(string path, SafeFileHandle handle, int generation)
    {
        lock (_lock)
        {
            if (generation != _generation || _byPath.ContainsKey(path))
            {
                return false;
            }

            if (_byPath.Count == Capacity)
            {
                Drop(_byUse.Last!);
            }

            _byPath.Add(path, _byUse.AddFirst((path, handle)));
            return true;
        }
    }

    private void Drop(LinkedListNode<(string Path, SafeFileHandle Handle)> entry)
    {
        _byPath.Remove(entry.Value.Path);
        _byUse.Remove(entry);
        entry.Value.Handle.Dispose();
    }
}
