using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>A new object as a stream that is written once, from start to end. One part of it is in memory. There is no object
/// before <see cref="CompleteAsync"/>, and without it there will be none.</summary>
/// <param name="store">The store.</param>
/// <param name="key">The object. Nothing is under the key.</param>
internal sealed class ObjectUpload(IObjectStore store, string key) : Stream
{
    private const int PartSize = 32 * 1024 * 1024;
    private const int MostParts = 10_000;

    private readonly MemoryStream _part = new();
    private readonly List<string> _parts = [];
    private string? _upload;
    private long _length;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    private IPartedUploads Uploads => store.Uploads() ?? throw new BackupException(
        BackupErrorKind.StorageUnsupported,
        $"{store.Location} takes no objects of more than {PartSize} bytes in parts, and {key} is larger.")
    {
        Subject = store.Location,
    };

    /// <inheritdoc/>
    /// <exception cref="BackupException">A failure of the store; <c>StorageUnsupported</c>: it is larger than the store's objects
    /// can be.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_part.Length == PartSize)
            {
                await PutPartAsync(cancellationToken).ConfigureAwait(false);
            }

            int length = (int)Math.Min(buffer.Length, PartSize - _part.Length);
            _part.Write(buffer.Span[..length]);
            buffer = buffer[length..];
            _length += length;
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Makes the object of what was written.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_upload is null)
        {
            await store.PutAsync(key, Part, cancellationToken).ConfigureAwait(false);
            return;
        }

        await PutPartAsync(cancellationToken).ConfigureAwait(false);
        await Uploads.CompleteAsync(key, _upload, _parts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees what parts of an object take that is not completed.</summary>
    /// <exception cref="BackupException">A failure of the store.</exception>
    public Task AbortAsync(CancellationToken cancellationToken) =>
        _upload is null ? Task.CompletedTask : Uploads.AbortAsync(key, _upload, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
        // What is written is sent in parts; a part is not sent before it is full.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _part.Dispose();
        }

        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> Part => _part.GetBuffer().AsMemory(0, (int)_part.Length);

    private async Task PutPartAsync(CancellationToken cancellationToken)
    {
        if (_parts.Count == MostParts)
        {
            throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"{key} has more than {MostParts} parts of {PartSize} bytes, which is the most that an object in a bucket can have.")
            {
                Subject = store.Location,
            };
        }

        _upload ??= await Uploads.BeginAsync(key, cancellationToken).ConfigureAwait(false);
        _parts.Add(await Uploads.PutPartAsync(key, _upload, _parts.Count + 1, Part, cancellationToken).ConfigureAwait(false));
        _part.SetLength(0);
    }
}
