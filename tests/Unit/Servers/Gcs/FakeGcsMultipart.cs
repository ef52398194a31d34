using System;
using System.Text;
using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>Takes a <c>multipart/related</c> upload apart (RFC 2387): metadata, then content.</summary>
internal static class FakeGcsMultipart
{
    public static (JsonObject Metadata, byte[] Content) Split(string contentType, ReadOnlySpan<byte> body)
    {
        int at = contentType.IndexOf("boundary=", StringComparison.Ordinal);
        if (!contentType.StartsWith("multipart/related", StringComparison.Ordinal) || at < 0)
        {
            throw new InvalidOperationException($"'{contentType}' is no upload in parts.");
        }

        byte[] delimiter = Encoding.ASCII.GetBytes($"\r\n--{contentType[(at + "boundary=".Length)..].Trim('"')}");
        ReadOnlySpan<byte> rest = body[(delimiter.Length - 2)..];
        ReadOnlySpan<byte> metadata = NextPart(ref rest, delimiter);
        byte[] content = NextPart(ref rest, delimiter).ToArray();
        return rest.StartsWith("--"u8)
            ? (JsonNode.Parse(metadata)!.AsObject(), content)
            : throw new InvalidOperationException("There are more than two parts.");
    }

    private static ReadOnlySpan<byte> NextPart(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> delimiter)
    {
        int start = rest.IndexOf("\r\n\r\n"u8) + 4;
        int end = start - 2 + rest[(start - 2)..].IndexOf(delimiter);
        ReadOnlySpan<byte> part = rest[start..Math.Max(start, end)];
        rest = rest[(end + delimiter.Length)..];
        return part;
    }
}
