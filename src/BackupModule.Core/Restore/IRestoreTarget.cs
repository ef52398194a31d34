using System;
using System.Collections.Generic;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// The folder that a restore writes into. Paths are relative to it, raw text (<see cref="RawText"/>) with <c>/</c>
/// between parts; the empty path is the folder itself. No member ever follows a symbolic link in any part of the path or
/// leaves the folder: a path that would is refused with <c>UnsafePath</c>. Other failures are
/// <c>RestoreTargetUnwritable</c> (or <c>StorageFull</c>). Members may be called from many threads at once.
/// </summary>
public interface IRestoreTarget : IDisposable
{
    /// <summary>The folder's absolute path.</summary>
    string Root { get; }

    /// <summary>The metadata of what is at the path (without extended attributes); null if nothing is.</summary>
    TreeNode? ReadNode(string path);

    /// <summary>The names in a directory, in byte order.</summary>
    IReadOnlyList<string> ListNames(string path);

    /// <summary>Makes a directory that only the current user may enter until its metadata is applied. A directory that
    /// is there already is no error.</summary>
    void CreateDirectory(string path);

    /// <summary>Removes what is at the path; a directory with all that it holds. Nothing there is no error.</summary>
    void Delete(string path);

    /// <summary>Creates an empty file, readable by the current user alone, and opens it.
    /// Anything at the path must have been deleted before.</summary>
    IRestoreFile CreateFile(string path);

    /// <summary>Creates a file with its whole content and its metadata, in as few calls as the system allows. Anything at
    /// the path must have been deleted before; if the content cannot be written, nothing is left there.</summary>
    /// <returns>As <see cref="ApplyMetadata"/>.</returns>
    BackupException? WriteFile(string path, TreeNode node, ReadOnlySpan<byte> content);

    /// <summary>Opens the regular file at the path for reading and writing.</summary>
    IRestoreFile OpenFile(string path);

    /// <summary>Gives the file <paramref name="newName"/> beside it, replacing what stood there in one step.</summary>
    void Rename(string path, string newName);

    /// <summary>Creates what the node describes: a symbolic link, named pipe or device.</summary>
    void CreateSpecial(string path, TreeNode node);

    /// <summary>Makes <paramref name="path"/> another name of the file at <paramref name="existingPath"/>.</summary>
    void CreateHardLink(string path, string existingPath);

    /// <summary>
    /// Gives the entry the node's owner, extended attributes, platform attributes, times and mode, in this order; what
    /// the node does not name is removed (extended attributes). Applies all that it can.
    /// </summary>
    /// <returns>Null, or <c>MetadataIncomplete</c> with what could not be set. Ownership is not tried, and not
    /// reported, when the process has no right to change it at all.</returns>
    BackupException? ApplyMetadata(string path, TreeNode node);
}
