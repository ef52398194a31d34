using System.Threading;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Backup;

/// <summary>Counts while a backup runs. All members may be used by many threads at once.</summary>
internal sealed class BackupStatistics
{
    private readonly long[] _files = new long[3];
    private readonly long[] _directories = new long[3];
    private long _bytesProcessed;
    private long _dataBlobs;
    private long _treeBlobs;
    private long _bytesAdded;
    private long _bytesAddedPacked;

    public long Files => Volatile.Read(ref _files[0]) + Volatile.Read(ref _files[1]) + Volatile.Read(ref _files[2]);

    public long BytesProcessed => Volatile.Read(ref _bytesProcessed);

    public void CountFile(FileChange change) => Interlocked.Increment(ref _files[(int)change]);

    public void CountDirectory(FileChange change) => Interlocked.Increment(ref _directories[(int)change]);

    public void CountBytes(long bytes) => Interlocked.Add(ref _bytesProcessed, bytes);

    public void CountBlob(bool isTree, long length, long packedLength)
    {
        Interlocked.Increment(ref isTree ? ref _treeBlobs : ref _dataBlobs);
        Interlocked.Add(ref _bytesAdded, length);
        Interlocked.Add(ref _bytesAddedPacked, packedLength);
    }

    public SnapshotSummary ToSummary(FileTimestamp start, FileTimestamp end) => new()
    {
        BackupStart = start,
        BackupEnd = end,
        FilesNew = _files[(int)FileChange.New],
        FilesChanged = _files[(int)FileChange.Changed],
        FilesUnmodified = _files[(int)FileChange.Unmodified],
        DirectoriesNew = _directories[(int)FileChange.New],
        DirectoriesChanged = _directories[(int)FileChange.Changed],
        DirectoriesUnmodified = _directories[(int)FileChange.Unmodified],
        DataBlobs = _dataBlobs,
        TreeBlobs = _treeBlobs,
        DataAdded = _bytesAdded,
        DataAddedPacked = _bytesAddedPacked,
        TotalFilesProcessed = Files,
        TotalBytesProcessed = _bytesProcessed,
    };
}
