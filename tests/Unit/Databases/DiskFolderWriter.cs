using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Tests.Databases;

/// <summary>Writes what is streamed into a folder on disk.</summary>
internal sealed class DiskFolderWriter(string root) : IFolderWriter
{
    /// <summary>How each file was to be cut.</summary>
    public Dictionary<string, ContentCut> Cuts { get; } = [];

    /// <summary>Streams a backup into a folder, as a content that can be restored from.</summary>
    public static async Task<DiskContent> StreamAsync(IDatabaseBackup backup, string folder)
    {
        await using (backup)
        {
            DiskFolderWriter writer = new(folder);
            await backup.StreamAsync(writer, CancellationToken.None);
            return new DiskContent(folder, backup.Facts, writer.Cuts);
        }
    }

    public void AddFolder(StreamedEntry folder) => Directory.CreateDirectory(Path.Combine(root, folder.Path));

    public void AddLink(StreamedEntry link, string target) => throw new NotSupportedException();

    public bool TryAddStored(StreamedEntry file, StoredContent content) => throw new NotSupportedException();

    public Stream OpenFile(StreamedEntry file, ContentCut cut)
    {
        Cuts.Add(file.Path, cut);
        string path = Path.Combine(root, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.Create(path);
    }
}
