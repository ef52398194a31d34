using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Tests.Databases;

/// <summary>A database's backup that lies in a folder on disk, and its log in another one.</summary>
internal sealed record DiskContent(string Folder, DatabaseFacts Facts, IReadOnlyDictionary<string, ContentCut> Cuts)
    : IDatabaseContent
{
    public LogCoverage Logs { get; init; } = LogCoverage.Empty;

    public string? LogFolder { get; init; }

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(
            Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).ToDictionary(
                file => Path.GetRelativePath(Folder, file), file => new FileInfo(file).Length));

    public Task<Stream> OpenAsync(string file, CancellationToken cancellationToken) => File.Exists(Path.Combine(Folder, file))
        ? Task.FromResult<Stream>(File.OpenRead(Path.Combine(Folder, file)))
        : throw new BackupException(BackupErrorKind.ItemNotFound, $"There is no '{file}'.");

    public Task ExtractAsync(string folder, string destination, CancellationToken cancellationToken)
    {
        Shell.Run($"mkdir -p '{destination}' && cp -a '{Path.Combine(Folder, folder)}/.' '{destination}'", "/");
        return Task.CompletedTask;
    }

    public async Task CopyLogAsync(string file, Stream destination, CancellationToken cancellationToken)
    {
        await using FileStream log = File.OpenRead(Path.Combine(LogFolder ?? throw new InvalidOperationException(), file));
        await log.CopyToAsync(destination, cancellationToken);
    }
}
