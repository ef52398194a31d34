using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.Logs;

/// <summary>Puts a log file together from its pieces.</summary>
public static class LogPieces
{
    /// <summary>Writes the first run of a file's pieces, each byte once; whatever overlaps is the same.</summary>
    public static async Task CopyAsync(
        LogStore store, IEnumerable<LogPiece> pieces, Stream destination, CancellationToken cancellationToken)
    {
        long written = -1;
        foreach (LogPiece piece in LogCoverageBuilder.FirstRun(pieces).Where(static piece => piece.Length > 0))
        {
            byte[] content = await store.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
            int skipped = written < 0 ? 0 : (int)(written - piece.Offset);
            await destination.WriteAsync(content.AsMemory(skipped), cancellationToken).ConfigureAwait(false);
            written = piece.End;
        }
    }
}
