using System;
using System.Buffers;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Makes a secret of what a file holds or a program prints, as restic reads password files.</summary>
internal static class SecretContent
{
    /// <summary>Longer content is not a secret.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads the stream to its end; null if it holds more than <see cref="MaxLength"/> bytes.</summary>
    public static async Task<Secret?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxLength + 1];
        try
        {
            int length = await stream
                .ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            return length > MaxLength ? null : Decode(buffer.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>The secret in the content: UTF-8, or UTF-16 with a byte order mark; without white space around it.
    /// </summary>
    public static Secret Decode(ReadOnlySpan<byte> content) => content switch
    {
        [0xef, 0xbb, 0xbf, .. var rest] => new Secret(Trim(rest)),
        [0xff, 0xfe, .. var rest] => Decode(rest, Encoding.Unicode),
        [0xfe, 0xff, .. var rest] => Decode(rest, Encoding.BigEndianUnicode),
        _ => new Secret(Trim(content)),
    };

    private static Secret Decode(ReadOnlySpan<byte> content, Encoding encoding)
    {
        char[] text = GC.AllocateArray<char>(encoding.GetMaxCharCount(content.Length), pinned: true);
        try
        {
            int length = encoding.GetChars(content, text);
            return new Secret(text.AsSpan(0, length).Trim());
        }
        finally
        {
            Array.Clear(text);
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out Rune first, out int length) == OperationStatus.Done
            && Rune.IsWhiteSpace(first))
        {
            text = text[length..];
        }

        while (Rune.DecodeLastFromUtf8(text, out Rune last, out int length) == OperationStatus.Done
            && Rune.IsWhiteSpace(last))
        {
            text = text[..^length];
        }

        return text;
    }
}
