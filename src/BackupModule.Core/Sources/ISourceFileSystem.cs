using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources;

/// <summary>
/// Reads a file system for a backup: names as raw text (<see cref="RawText"/>), metadata as tree nodes, never following
/// a symbolic link. Members may be called from many threads at once.
/// </summary>
public interface ISourceFileSystem
{
    /// <summary>The metadata of one path, whose node is named by the path's last part.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceNotFound</c>, or <c>SourceUnreadable</c>.</exception>
    TreeNode ReadNode(string path);

    /// <summary>The entries of a directory, in byte order of their names, without <c>.</c> and <c>..</c>.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="accept">Asked with each name before its metadata is read; false leaves the entry out.</param>
    /// <exception cref="Diagnostics.BackupException"><c>SourceNotFound</c>, or <c>SourceUnreadable</c>.</exception>
    IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept);

    /// <summary>Opens a regular file for reading from its start, without following a symbolic link.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceNotFound</c>, <c>SourceUnreadable</c>, or
    /// <c>SourceChanged</c> where the path is no regular file (any more).</exception>
    ISourceFile OpenFile(string path);
}
