using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Storage.Http;

/// <summary>One direction of an exchange's content, in slices at the rate of a throttle and under the eyes of a watch.
/// </summary>
/// <param name="inner">The content.</param>
/// <param name="throttle">The rate; null for none.</param>
/// <param name="watch">Gives up where nothing moves. It is disposed with the stream, as the content is.</param>
internal sealed class PacedStream(Stream inner, Throttle? throttle, StallWatch watch) : Stream
{
    // Small enough for an even flow at a rate of some hundred kilobytes a second.
    private const int Slice = 64 * 1024;

    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => inner.CanWrite;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        using (watch.Follow(cancellationToken))
        {
            watch.Restart();
            count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, Slice)], watch.Token).ConfigureAwait(false);
            watch.Pause();
        }

        if (throttle is not null)
        {
            await throttle.TakeAsync(count, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            ReadOnlyMemory<byte> slice = buffer[..Math.Min(buffer.Length, Slice)];
            if (throttle is not null)
            {
                watch.Pause();
                await throttle.TakeAsync(slice.Length, cancellationToken).ConfigureAwait(false);
            }

            watch.Restart();
            await inner.WriteAsync(slice, cancellationToken).ConfigureAwait(false);
            buffer = buffer[slice.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Neither paced nor watched.</remarks>
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    /// <inheritdoc/>
    /// <remarks>Neither paced nor watched.</remarks>
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            watch.Dispose();
        }

        base.Dispose(disposing);
    }
}
