using System.Threading;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;

namespace BackupModule.Core.Backup;

/// <summary>How far a backup is. All members may be used by many threads at once.</summary>
/// <remarks>Until the walk has ended, the totals are a guess: those of the parent, or of a count ahead. A guess that was
/// passed is none.</remarks>
internal sealed class BackupProgress
{
    private readonly ProgressCounter _done;
    private long _filesFound;
    private long _bytesFound;
    private long _filesExpected;
    private long _bytesExpected;
    private volatile bool _isAllFound;

    public BackupProgress(IBackupObserver observer, SnapshotSummary? parent)
    {
        _filesExpected = parent?.TotalFilesProcessed ?? 0;
        _bytesExpected = parent?.TotalBytesProcessed ?? 0;
        _done = new ProgressCounter(
            observer, "Backing up", () => (Total(_filesExpected, _filesFound), Total(_bytesExpected, _bytesFound)));
    }

    /// <summary>What a count ahead found.</summary>
    public void Expect(long files, long bytes)
    {
        Volatile.Write(ref _filesExpected, files);
        Volatile.Write(ref _bytesExpected, bytes);
    }

    /// <summary>The walk met a file.</summary>
    public void Find(long bytes)
    {
        Interlocked.Increment(ref _filesFound);
        Interlocked.Add(ref _bytesFound, bytes);
    }

    /// <summary>The walk has met everything.</summary>
    public void FoundAll() => _isAllFound = true;

    /// <summary>Files or bytes of them are stored, or known to be.</summary>
    public void Add(long files, long bytes, string path) => _done.Add(files, bytes, path);

    private long? Total(long expected, long found) =>
        _isAllFound ? found : expected >= found && expected > 0 ? expected : null;
}
