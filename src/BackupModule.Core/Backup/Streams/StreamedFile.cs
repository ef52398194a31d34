using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Backup.Streams;

/// <summary>A file of a streamed folder: the ids of its blocks arrive in any order.</summary>
internal sealed class StreamedFile(TreeNode node)
{
    private readonly Lock _lock = new();
    private readonly List<ObjectId> _content = [];

    /// <summary>A file whose content is in the repository already.</summary>
    public StreamedFile(TreeNode node, StoredContent content)
        : this(node)
    {
        _content.AddRange(content.Blobs);
        Length = content.Length;
        IsStored = true;
    }

    /// <summary>True if its content was in the repository before.</summary>
    public bool IsStored { get; }

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
