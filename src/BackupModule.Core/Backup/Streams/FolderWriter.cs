using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Backup.Streams;

/// <summary>Builds a streamed folder: its tree in memory, its contents cut into blocks that are sent on in batches.</summary>
/// <param name="chunker">Cuts what is cut by content.</param>
/// <param name="startBatch">Makes an empty batch of <see cref="BatchSize"/> bytes; whoever stores it returns its buffer.</param>
/// <param name="send">Takes a batch; waits while the store is behind.</param>
/// <param name="stored">What the repository has. Nobody may remove anything of it meanwhile.</param>
/// <param name="time">The time of what has none of its own.</param>
internal sealed class FolderWriter(
    SmallChunker chunker,
    Func<StreamedBatch> startBatch,
    Func<StreamedBatch, CancellationToken, ValueTask> send,
    BlobIndex stored,
    FileTimestamp time) : IFolderWriter
{
    /// <summary>The bytes of a batch.</summary>
    public const int BatchSize = ContentCut.MaxBlockSize;

    private const uint OwnFile = 0x180;
    private const uint OwnFolder = 0x1c0;

    private StreamedBatch? _batch;
    private int _filled;
    private bool _isOpen;

    /// <summary>What was streamed so far.</summary>
    public StreamedFolder Root { get; } = new(Describe(new StreamedEntry("/"), "/", NodeType.Directory, time));

    /// <inheritdoc/>
    public void AddFolder(StreamedEntry folder)
    {
        StreamedFolder place = Root;
        foreach (string name in PartsOf(folder.Path))
        {
            place = Enter(place, name, folder.Path);
        }

        place.Node = Describe(folder, place.Node.Name, NodeType.Directory, time);
    }

    /// <inheritdoc/>
    public void AddLink(StreamedEntry link, string target)
    {
        (StreamedFolder parent, string name) = Find(link.Path);
        parent.Links.Add(name, Describe(link, name, NodeType.SymbolicLink, time) with { LinkTarget = target });
    }

    /// <inheritdoc/>
    public Stream OpenFile(StreamedEntry file, ContentCut cut)
    {
        if (_isOpen)
        {
            throw new InvalidOperationException("The file before has not been ended.");
        }

        (StreamedFolder parent, string name) = Find(file.Path);
        StreamedFile made = new(Describe(file, name, NodeType.File, time));
        parent.Files.Add(name, made);
        _isOpen = true;
        return new OpenFileStream(this, made, cut);
    }

    /// <inheritdoc/>
    public bool TryAddStored(StreamedEntry file, StoredContent content)
    {
        if (!stored.ContainsContent(content.Blobs))
        {
            return false;
        }

        (StreamedFolder parent, string name) = Find(file.Path);
        parent.Files.Add(name, new StreamedFile(Describe(file, name, NodeType.File, time), content));
        return true;
    }

    /// <summary>Sends what is left.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            throw new InvalidOperationException("The last file has not been ended.");
        }

        await SendAsync(keepFrom: _filled, cancellationToken).ConfigureAwait(false);
    }

    private static string[] PartsOf(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Array.Exists(parts, static part => part is "." or "..") ? throw Unsafe(path) : parts;
    }

    private static BackupException Unsafe(string path) => new(
        BackupErrorKind.UnsafePath,
        $"'{RawText.ToDisplay(path)}' is no name for a file of a backup, or is there twice.")
    {
        Subject = path,
    };

    private static TreeNode Describe(StreamedEntry entry, string name, NodeType type, FileTimestamp time)
    {
        MachineIdentity here = MachineIdentity.Current;
        FileTimestamp modified = entry.ModifiedTime ?? time;
        return new TreeNode
        {
            Name = name,
            Type = type,
            Mode = type switch
            {
                NodeType.Directory => GoFileMode.Directory | (entry.Permissions ?? OwnFolder),
                NodeType.SymbolicLink => GoFileMode.SymbolicLink | 0x1ff,
                _ => entry.Permissions ?? OwnFile,
            },
            ModifiedTime = modified,
            AccessTime = modified,
            ChangeTime = modified,
            UserId = entry.UserId ?? here.UserId,
            GroupId = entry.GroupId ?? here.GroupId,
            User = entry.UserId is null && !OperatingSystem.IsWindows() ? here.UserName : entry.User,
            Group = entry.Group,
            Links = type == NodeType.Directory ? 0UL : 1,
        };
    }

    private (StreamedFolder Parent, string Name) Find(string path)
    {
        string[] parts = PartsOf(path);
        if (parts.Length == 0)
        {
            throw Unsafe(path);
        }

        StreamedFolder parent = Root;
        foreach (string name in parts.AsSpan()[..^1])
        {
            parent = Enter(parent, name, path);
        }

        return parent.Has(parts[^1]) ? throw Unsafe(path) : (parent, parts[^1]);
    }

    private StreamedFolder Enter(StreamedFolder parent, string name, string path)
    {
        if (parent.Folders.TryGetValue(name, out StreamedFolder? inner))
        {
            return inner;
        }

        inner = parent.Has(name)
            ? throw Unsafe(path)
            : new StreamedFolder(Describe(new StreamedEntry(path), name, NodeType.Directory, time));
        parent.Folders.Add(name, inner);
        return inner;
    }

    private StreamedBatch StartBatch() => startBatch();

    private int FindEnd(ReadOnlySpan<byte> data) => chunker.FindEnd(data);

    // Sends the batch; what is in it from the place on moves to the next one. A full batch has a block at least.
    private async ValueTask SendAsync(int keepFrom, CancellationToken cancellationToken)
    {
        if (_batch is not { Blocks.Count: > 0 } batch)
        {
            return;
        }

        int kept = _filled - keepFrom;
        _batch = null;
        if (kept > 0)
        {
            _batch = StartBatch();
            batch.Buffer.AsSpan(keepFrom, kept).CopyTo(_batch.Buffer);
        }

        _filled = kept;
        await send(batch, cancellationToken).ConfigureAwait(false);
    }

    private sealed class OpenFileStream(FolderWriter writer, StreamedFile file, ContentCut cut) : Stream
    {
        // Where the block that is being filled starts in the batch.
        private int _start = writer._filled;
        private bool _isEnded;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Length;
            set => throw new NotSupportedException();
        }

        private int MaxBlock => cut.BlockSize > 0 ? cut.BlockSize : SmallChunker.MaxSize;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
            {
                writer._batch ??= writer.StartBatch();
                int room = BatchSize - writer._filled;
                if (room == 0)
                {
                    await writer.SendAsync(_start, cancellationToken).ConfigureAwait(false);
                    _start = 0;
                    continue;
                }

                int count = Math.Min(buffer.Length, Math.Min(room, MaxBlock - (writer._filled - _start)));
                buffer.Span[..count].CopyTo(writer._batch.Buffer.AsSpan(writer._filled));
                buffer = buffer[count..];
                writer._filled += count;
                file.Length += count;
                if (writer._filled - _start == MaxBlock)
                {
                    EndBlock();
                }
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
            // Blocks are sent as batches are full.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("Streamed files are written asynchronously: the store may be behind.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isEnded)
            {
                EndBlocks();
                _isEnded = true;
                writer._isOpen = false;
            }

            base.Dispose(disposing);
        }

        private void EndBlocks()
        {
            while (writer._filled > _start)
            {
                EndBlock();
            }
        }

        private void EndBlock()
        {
            int available = writer._filled - _start;
            int length = cut.BlockSize > 0
                ? available
                : writer.FindEnd(writer._batch!.Buffer.AsSpan(_start, available));
            writer._batch!.Blocks.Add(new StreamedBlock(file, file.AddBlock(), _start, length));
            _start += length;
        }
    }
}
