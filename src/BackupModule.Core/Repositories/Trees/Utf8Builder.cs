using System;
using System.Buffers.Text;
using System.Text;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>A growing buffer of UTF-8 text.</summary>
internal sealed class Utf8Builder
{
    private byte[] _buffer = new byte[4096];
    private int _length;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Append(byte value) => Grow(1)[0] = value;

    public void Append(ReadOnlySpan<byte> value) => value.CopyTo(Grow(value.Length));

    public void AppendAscii(ReadOnlySpan<char> value)
    {
        Span<byte> target = Grow(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            target[i] = (byte)value[i];
        }
    }

    public void AppendRune(Rune rune) => rune.EncodeToUtf8(Grow(rune.Utf8SequenceLength));

    public void Append(ulong value)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out int written);
        _length += written;
    }

    public void Append(FileTimestamp time)
    {
        Reserve(GoTime.MaxLength);
        _length += GoTime.Format(time, _buffer.AsSpan(_length));
    }

    public void Append(ObjectId id) => id.CopyHexTo(Grow(ObjectId.HexLength));

    public void AppendBase64(ReadOnlySpan<byte> value) =>
        Base64.EncodeToUtf8(value, Grow(Base64.GetMaxEncodedToUtf8Length(value.Length)), out _, out _);

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
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }
    }
}
