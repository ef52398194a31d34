using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>A growing text in UTF-8, in pooled memory until it is disposed.</summary>
/// <param name="capacity">Bytes to start with.</param>
internal sealed class Utf8Builder(int capacity = 4096) : IDisposable
{
    private const int LongestNumber = 20;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;
    private FileTimestamp? _lastTime;
    private Range _lastTimeText;

    /// <summary>The text so far; not to be used after more was appended, or after disposal.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Append(byte value) => Grow(1)[0] = value;

    public void Append(ReadOnlySpan<byte> value) => value.CopyTo(Grow(value.Length));

    public void AppendAscii(ReadOnlySpan<char> value) => Ascii.FromUtf16(value, Grow(value.Length), out _);

    public void AppendRune(Rune rune) => rune.EncodeToUtf8(Grow(rune.Utf8SequenceLength));

    public void Append(ulong value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>Appends the time. The times of an entry are often equal, so the last one's text is copied.</summary>
    public void Append(FileTimestamp time)
    {
        Reserve(GoTime.MaxLength);
        int start = _length;
        if (time == _lastTime)
        {
            ReadOnlySpan<byte> text = _buffer.AsSpan(_lastTimeText);
            text.CopyTo(_buffer.AsSpan(start));
            _length += text.Length;
            return;
        }

        _length += GoTime.Format(time, _buffer.AsSpan(start));
        _lastTime = time;
        _lastTimeText = start.._length;
    }

    public void Append(ObjectId id) => id.CopyHexTo(Grow(ObjectId.HexLength));

    public void AppendBase64(ReadOnlySpan<byte> value) =>
        Base64.EncodeToUtf8(value, Grow(Base64.GetMaxEncodedToUtf8Length(value.Length)), out _, out _);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
            _lastTime = null;
        }
    }

    private Span<byte> Grow(int count)
    {
        Reserve(count);
        Span<byte> added = _buffer.AsSpan(_length, count);
        _length += count;
        return added;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            // Doubling ends at the longest array that there can be.
            long doubled = Math.Min(_buffer.Length * 2L, Array.MaxLength);
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(doubled, checked(_length + count)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
