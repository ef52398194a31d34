using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;

namespace BackupModule.Commands.Backups;

/// <summary>A file's content in a repository as a stream that is read forward, asynchronously, a chunk at a
/// time.</summary>
internal sealed class ContentStream(Repository repository, IReadOnlyList<ObjectId> chunks) : Stream
{
    private ReadOnlyMemory<byte> _rest;
    private int _next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && _next < chunks.Count)
        {
            _rest = await repository.Blobs
                .ReadAsync(new BlobKey(BlobType.Data, chunks[_next++]), cancellationToken).ConfigureAwait(false);
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
