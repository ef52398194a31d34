using System;
using System.Buffers;

namespace BackupModule.Core.Storage;

/// <summary>Names of objects that are the SHA-256 of their content, as restic's format has them for all but its config.</summary>
internal static class ContentName
{
    /// <summary>The length of such a name: hexadecimal digits of 32 bytes.</summary>
    public const int Length = 64;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>True for a name that can be the SHA-256 of a content: 64 lower-case hexadecimal digits.</summary>
    public static bool IsDigest(ReadOnlySpan<char> name) => name.Length == Length && !name.ContainsAnyExcept(s_hexDigits);

    /// <summary>The SHA-256 that a key names its content by; null for a key that does not.</summary>
    public static string? DigestOf(string key)
    {
        string name = key[(key.LastIndexOf('/') + 1)..];
        return IsDigest(name) ? name : null;
    }
}
