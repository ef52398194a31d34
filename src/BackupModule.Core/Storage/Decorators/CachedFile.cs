using System;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>What a copy is a copy of: an object whose name is the SHA-256 of its content.</summary>
/// <param name="Folder">The first folder of its key, without <c>/</c>.</param>
/// <param name="Id">The last part of its key: 64 lower-case hexadecimal digits.</param>
internal readonly record struct CachedFile(string Folder, string Id)
{
    /// <summary>What stands between the id and random digits in the name of a copy that is being written.</summary>
    public const string TemporaryMark = "-tmp-";

    /// <summary>True for the name of a copy, or of one that is or was being written.</summary>
    /// <param name="name">A file's name.</param>
    /// <param name="isTemporary">True for one being written.</param>
    public static bool IsCopy(ReadOnlySpan<char> name, out bool isTemporary)
    {
        isTemporary = name.Length > ContentName.Length && name[ContentName.Length..].StartsWith(TemporaryMark);
        return ContentName.IsDigest(isTemporary ? name[..ContentName.Length] : name);
    }
}
