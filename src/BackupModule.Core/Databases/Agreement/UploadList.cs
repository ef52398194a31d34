using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.Agreement;

/// <summary>The paths of uploads as a database named them, in a file of its folder in the backup: so that they can be compared
/// with the files of the same backup at any time, and never are all in memory.</summary>
/// <remarks>Each path is UTF-8 and ends with a zero byte, as <c>find -print0</c> writes them: names may have line ends.</remarks>
public static class UploadList
{
    /// <summary>The file's name in the folder of its database.</summary>
    public const string FileName = "uploads.list";

    private const int BufferSize = 64 * 1024;

    /// <summary>Writes the file.</summary>
    /// <param name="writer">The folder of the database.</param>
    /// <param name="paths">The paths, as the query gives them; empty ones and null are left out.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How many there are.</returns>
    public static async Task<UploadFacts> WriteAsync(
        IFolderWriter writer, IAsyncEnumerable<string?> paths, CancellationToken cancellationToken)
    {
        long count = 0;
        Stream file = writer.OpenFile(new StreamedEntry(FileName), ContentCut.ByContent);
        await using (file.ConfigureAwait(false))
        {
            BufferedStream buffer = new(file, BufferSize);
            await using (buffer.ConfigureAwait(false))
            {
                await foreach (string? path in paths.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    if (!string.IsNullOrEmpty(path))
                    {
                        await buffer.WriteAsync(Encoding.UTF8.GetBytes(path + '\0'), cancellationToken).ConfigureAwait(false);
                        count++;
                    }
                }
            }
        }

        return new UploadFacts(count);
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It ends within a path.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(
        Stream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        List<byte> rest = [];
        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            int start = 0;
            while (Array.IndexOf(buffer, (byte)0, start, read - start) is >= 0 and int end)
            {
                rest.AddRange(buffer.AsSpan(start, end - start));
                yield return Encoding.UTF8.GetString([.. rest]);
                rest.Clear();
                start = end + 1;
            }

            rest.AddRange(buffer.AsSpan(start, read - start));
        }

        if (rest.Count > 0)
        {
            throw new InvalidDataException("The list of uploads ends within a path.");
        }
    }
}
