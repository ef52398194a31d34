using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore.Archives;

/// <summary>Writes entries into an archive, one after the other.</summary>
internal interface IArchiveWriter : IAsyncDisposable
{
    /// <summary>Adds an entry.</summary>
    /// <param name="path">Its path in the archive, without a <c>/</c> at the start.</param>
    /// <param name="node">Its metadata.</param>
    /// <param name="content">A file's content; null for everything else, and for a hard link.</param>
    /// <param name="linkTo">The path of an earlier entry that is the same file; else null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Null, or what of the entry the format cannot hold.</returns>
    Task<string?> AddAsync(
        string path, TreeNode node, Stream? content, string? linkTo, CancellationToken cancellationToken);
}
