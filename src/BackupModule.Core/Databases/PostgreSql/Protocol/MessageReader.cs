using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>Reads the server's messages from a connection.</summary>
internal sealed class MessageReader(Stream stream)
{
    private const int HeaderSize = 5;
    private const int UsualBuffer = 256 * 1024;

    // No message of a walsender is near it; a larger length means that somebody else is speaking.
    private const int MaxPayload = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[UsualBuffer];
    private int _start;
    private int _end;

    /// <summary>The next message; its bytes are valid until the one after it is read.</summary>
    /// <exception cref="IOException">The connection ended, or what came is no message.</exception>
    public async ValueTask<BackendMessage> ReadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(HeaderSize, cancellationToken).ConfigureAwait(false);
        char type = (char)_buffer[_start];
        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 1)) - sizeof(int);
        if (length is < 0 or > MaxPayload)
        {
            throw new IOException("What the server sent is not PostgreSQL's protocol.");
        }

        await FillAsync(HeaderSize + length, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> payload = _buffer.AsMemory(_start + HeaderSize, length);
        _start += HeaderSize + length;
        return new BackendMessage(type, payload);
    }

    // Makes so many bytes be in the buffer, from its start on.
    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start >= count)
        {
            return;
        }

        if (_start > 0 && _buffer.Length - _start < Math.Max(count, UsualBuffer / 4))
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (count > _buffer.Length)
        {
            Array.Resize(ref _buffer, count);
        }

        while (_end - _start < count)
        {
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read > 0 ? read : throw new EndOfStreamException("The server closed the connection.");
        }
    }
}
