using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A streamed backup of dumps in memory, to restore from.</summary>
internal sealed class DumpFolder : IFolderWriter, IDatabaseContent
{
    private readonly Dictionary<string, MemoryStream> _files = [];

    public required DatabaseFacts Facts { get; init; }

    public LogCoverage Logs => LogCoverage.Empty;

    public byte[] this[string file] => _files[file].ToArray();

    public IEnumerable<string> Files => _files.Keys;

    /// <summary>Streams a backup.</summary>
    public static async Task<DumpFolder> TakeAsync(IDatabaseBackup backup)
    {
        await using (backup)
        {
            DumpFolder folder = new() { Facts = backup.Facts };
            await backup.StreamAsync(folder, CancellationToken.None);
            return folder.With(backup.Facts);
        }
    }

    /// <summary>The same with other facts.</summary>
    public DumpFolder With(DatabaseFacts facts)
    {
        DumpFolder same = new() { Facts = facts };
        foreach ((string name, MemoryStream content) in _files)
        {
            same._files.Add(name, content);
        }

        return same;
    }

    public void AddFolder(StreamedEntry folder)
    {
    }

    public void AddLink(StreamedEntry link, string target) => throw new NotSupportedException();

    public bool TryAddStored(StreamedEntry file, StoredContent content) => throw new NotSupportedException();

    public Stream OpenFile(StreamedEntry file, ContentCut cut) => _files[file.Path] = new MemoryStream();

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Stream> OpenAsync(string file, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(new MemoryStream(this[file]));

    public Task ExtractAsync(string folder, string destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task CopyLogAsync(string file, Stream destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
