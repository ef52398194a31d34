using System;
using System.Buffers;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>What a copy is a copy of: an object whose name is the SHA-256 of its content.</summary>
/// <param name="Folder">The first folder of its key, without <c>/</c>.</param>
/// <param name="Id">The last part of its key: 64 lower-case hexadecimal digits.</param>
internal readonly record struct CachedFile(string Folder, string Id)
{
    /// <summary>What stands between the id and random digits in the name of a copy that is being written.</summary>
    public const string TemporaryMark = "-tmp-";

    private const int IdLength = 64;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>True for a name that can be the SHA-256 of a content.</summary>
    public static bool IsId(ReadOnlySpan<char> name) =>
        name.Length == IdLength && !name.ContainsAnyExcept(s_hexDigits);

    /// <summary>True for the name of a copy, or of one that is or was being written.</summary>
    /// <param name="name">A file's name.</param>
    /// <param name="isTemporary">True for one being written.</param>
    public static bool IsCopy(ReadOnlySpan<char> name, out bool isTemporary)
    {
        isTemporary = name.Length > IdLength && name[IdLength..].StartsWith(TemporaryMark);
        return IsId(isTemporary ? name[..IdLength] : name);
    }
}
