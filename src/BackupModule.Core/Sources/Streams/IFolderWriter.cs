using System.IO;
using BackupModule.Core.Chunking;

namespace BackupModule.Core.Sources.Streams;

/// <summary>Takes the content of a streamed folder. One thing at a time, from one caller.</summary>
public interface IFolderWriter
{
    /// <summary>Adds a folder. Those above it are added where they are missing; one that is there takes the metadata.</summary>
    void AddFolder(StreamedEntry folder);

    /// <summary>Adds a symbolic link.</summary>
    void AddLink(StreamedEntry link, string target);

    /// <summary>Opens a file for writing; disposing the stream ends the file. The file before must have been ended.</summary>
    /// <remarks>Writes block or wait while the store is behind; <see cref="Stream.Flush"/> does nothing.</remarks>
    Stream OpenFile(StreamedEntry file, ContentCut cut);

    /// <summary>Adds a file whose content the repository has: nothing is read, and nothing is stored again.</summary>
    /// <returns>False if the repository does not have all of the content; then nothing was added.</returns>
    bool TryAddStored(StreamedEntry file, StoredContent content);
}
