using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Backup.Streams;

/// <summary>A file of a streamed folder: the ids of its blocks arrive in any order.</summary>
internal sealed class StreamedFile(TreeNode node)
{
    private readonly Lock _lock = new();
    private readonly List<ObjectId> _content = [];

    /// <summary>Its bytes so far.</summary>
    public long Length { get; set; }

    /// <summary>Takes a place for the next block and returns its number.</summary>
    public int AddBlock()
    {
        lock (_lock)
        {
            _content.Add(default);
            return _content.Count - 1;
        }
    }

    /// <summary>Answers a block's place.</summary>
    public void SetBlock(int number, ObjectId id)
    {
        lock (_lock)
        {
            _content[number] = id;
        }
    }

    /// <summary>The node with its content. Valid when every block has its answer.</summary>
    public TreeNode ToNode() => node with { Size = (ulong)Length, Content = _content };
}
