using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Enumeration;
using System.Threading;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Keeps the copies of all repositories below a number of bytes: those that were used last stay. Several processes write
/// into the folder, so it is measured before the first copy is written and from time to time after; each process that
/// writes meanwhile may exceed the bound by a sixteenth.
/// </summary>
/// <param name="options">The folder and its bound.</param>
internal sealed class CacheBound(CacheOptions options)
{
    private static readonly TimeSpan s_unfinishedFor = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly long _step = options.Capacity / 16;
    private long _room;

    /// <summary>The largest copy that is worth its room, in bytes.</summary>
    public int LargestCopy => (int)Math.Min(_step, Array.MaxLength / 2);

    /// <summary>Sees to it that a copy of so many bytes, at most <see cref="LargestCopy"/>, has room.</summary>
    /// <exception cref="IOException">The folder cannot be measured; nor do other failures of the file system pass.
    /// </exception>
    public void MakeRoom(long bytes)
    {
        lock (_lock)
        {
            if (bytes > _room)
            {
                _room = Math.Min(_step, options.Capacity - Trim(bytes));
            }

            _room -= bytes;
        }
    }

    // Gives the bytes that are used after.
    private long Trim(long coming)
    {
        DateTime unfinishedBefore = (options.Time.GetUtcNow() - s_unfinishedFor).UtcDateTime;
        long used = 0;
        List<Copy> copies = [];
        foreach (Copy copy in Enumerate())
        {
            if (!copy.IsTemporary)
            {
                copies.Add(copy);
            }
            else if (copy.LastUsed < unfinishedBefore && TryDelete(copy))
            {
                continue;
            }

            used += copy.Length;
        }

        if (used + coming <= options.Capacity)
        {
            return used;
        }

        copies.Sort(static (a, b) => a.LastUsed.CompareTo(b.LastUsed));
        foreach (Copy copy in copies)
        {
            // A step more than must be, so that this is not done for every copy.
            if (used + coming <= options.Capacity - _step)
            {
                break;
            }

            used -= TryDelete(copy) ? copy.Length : 0;
        }

        return used;
    }

    private FileSystemEnumerable<Copy> Enumerate() => new(
        options.Folder,
        static (ref FileSystemEntry entry) =>
        {
            CachedFile.IsCopy(entry.FileName, out bool isTemporary);
            return new Copy(entry.ToFullPath(), entry.Length, entry.LastWriteTimeUtc.UtcDateTime, isTemporary);
        },
        new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        })
    {
        // Whatever else lies there is not ours to remove.
        ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
            !entry.IsDirectory && CachedFile.IsCopy(entry.FileName, out _),
    };

    private static bool TryDelete(in Copy copy)
    {
        try
        {
            File.Delete(copy.Path);
            return true;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            // Somebody reads it, or the disk is read-only.
            return false;
        }
    }

    private readonly record struct Copy(string Path, long Length, DateTime LastUsed, bool IsTemporary);
}
