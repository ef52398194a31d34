using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources;

/// <summary>A regular file open for reading. Used by one thread at a time.</summary>
public interface ISourceFile : IDisposable
{
    /// <summary>The metadata of the open file itself, whatever its path names by now.</summary>
    TreeNode ReadNode();

    /// <summary>Reads the next bytes; 0 at the end.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceUnreadable</c>.</exception>
    int Read(Span<byte> buffer);
}
