using System;
using BackupModule.Core.Encryption;

namespace BackupModule.Core.Packing;

/// <summary>
/// A blob as it will be sealed: compressed where that makes it smaller. It may stand in a buffer of the codec's, which
/// disposing gives back; the plaintext it was made of must stay as it is until then.
/// </summary>
public readonly struct EncodedBlob : IDisposable
{
    private readonly BlobCodec _codec;
    private readonly BlobEncoder? _encoder;
    private readonly ReadOnlyMemory<byte> _content;

    internal EncodedBlob(
        BlobCodec codec, BlobEncoder? encoder, BlobKey key, ReadOnlyMemory<byte> content, int uncompressedLength)
    {
        _codec = codec;
        _encoder = encoder;
        _content = content;
        Key = key;
        UncompressedLength = uncompressedLength;
    }

    /// <summary>The blob.</summary>
    public BlobKey Key { get; }

    /// <summary>Length of the plaintext if it was compressed, else 0.</summary>
    public int UncompressedLength { get; }

    /// <summary>Length of the container that <see cref="SealTo"/> fills.</summary>
    public int ContainerLength => _content.Length + ContainerCipher.Overhead;

    /// <summary>Encrypts and authenticates the blob.</summary>
    /// <param name="container">Exactly <see cref="ContainerLength"/> bytes.</param>
    public void SealTo(Span<byte> container) => _codec.Cipher.Seal(_content.Span, container);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_encoder is not null)
        {
            _codec.Return(_encoder);
        }
    }
}
