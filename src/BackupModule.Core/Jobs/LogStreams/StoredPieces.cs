using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Jobs.LogStreams;

/// <summary>The complete files of a log as a folder of a backup, read back from their pieces.</summary>
/// <param name="databaseName">The database.</param>
/// <param name="store">The pieces.</param>
/// <param name="files">The files, with all their pieces.</param>
internal sealed class StoredPieces(
    string databaseName, LogStore store, IReadOnlyList<IGrouping<string, LogPiece>> files) : IStreamedFolder
{
    /// <inheritdoc/>
    public string Path => DatabasePaths.LogOf(databaseName);

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, LogPiece> file in files)
        {
            // A log never repeats itself: large blocks compress best.
            Stream content = writer.OpenFile(new StreamedEntry(file.Key), ContentCut.Blocks(ContentCut.MaxBlockSize));
            await using (content.ConfigureAwait(false))
            {
                await LogPieces.CopyAsync(store, file, content, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
