using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;

namespace BackupModule.Core.Backup;

/// <summary>A file being backed up: its chunks' ids arrive in any order while it is still read.</summary>
internal sealed class FileBackup(ScannedFile file)
{
    private readonly List<ObjectId> _content = [];

    // One more than the chunks that are out, for the reader itself.
    private int _open = 1;

    public ScannedFile File { get; } = file;

    /// <summary>The metadata to record; null if the file could not be read and is left out.</summary>
    public TreeNode? Node { get; set; }

    /// <summary>Takes a place for the next chunk and returns its number.</summary>
    public int AddChunk()
    {
        Interlocked.Increment(ref _open);
        lock (_content)
        {
            _content.Add(default);
            return _content.Count - 1;
        }
    }

    /// <summary>Answers a chunk's place. True if the file is complete, for exactly one caller.</summary>
    public bool SetChunk(int number, ObjectId id)
    {
        lock (_content)
        {
            _content[number] = id;
        }

        return CloseOne();
    }

    /// <summary>The reader has reached the end, or given up. True if the file is complete, for exactly one caller.
    /// </summary>
    public bool CloseOne() => Interlocked.Decrement(ref _open) == 0;

    /// <summary>The node with its content; null to leave the file out. Valid when the file is complete.</summary>
    public TreeNode? ToNode() => Node is null ? null : Node with { Content = _content };
}
