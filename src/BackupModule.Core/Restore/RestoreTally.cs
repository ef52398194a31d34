using System;
using System.Collections.Concurrent;
using System.Threading;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Restore;

/// <summary>What a restore did so far, and what it could not do. Members may be called from many threads at once.</summary>
internal sealed class RestoreTally(IBackupObserver observer)
{
    private readonly ConcurrentDictionary<string, byte> _failedFiles = new();
    private long _failures;
    private long _bytesWritten;

    public long Failures => Interlocked.Read(ref _failures);

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    public void AddBytes(long bytes) => Interlocked.Add(ref _bytesWritten, bytes);

    /// <summary>True if the file's content could not be restored.</summary>
    public bool HasFailed(string path) => _failedFiles.ContainsKey(path);

    /// <summary>The file's content could not be restored.</summary>
    public void FailFile(string path, BackupException failure)
    {
        _failedFiles.TryAdd(path, 0);
        Report(failure);
    }

    /// <summary>Something failed; null for nothing.</summary>
    public void Report(BackupException? failure)
    {
        if (failure is not null)
        {
            Interlocked.Increment(ref _failures);
            observer.OnItemFailed(failure);
        }
    }

    /// <summary>Does something to what is at the path; what goes wrong is reported and does not stop the restore, unless the disk is
    /// full.</summary>
    public void Try(string path, Action action)
    {
        try
        {
            action();
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.StorageFull)
        {
            Report(failure.Subject is null
                ? new BackupException(failure.Kind, failure.Message, failure.Guidance, failure) { Subject = path }
                : failure);
        }
    }
}
