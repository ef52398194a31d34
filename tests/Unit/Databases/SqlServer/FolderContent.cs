using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Policies.Manifest;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A database's folder of a backup that was restored into a folder.</summary>
internal sealed class FolderContent(string folder, DatabaseFacts facts) : IDatabaseContent
{
    /// <summary>What the manifest of the backup says once it has been written and read.</summary>
    public DatabaseFacts Facts { get; } = BackupManifest.Decode(
        new BackupManifest { PolicyName = "shop", RunId = "1", HostName = "here", Databases = [facts] }.Encode()).Databases[0];

    public LogCoverage Logs => Log?.Coverage ?? LogCoverage.Empty;

    /// <summary>The log that was streamed.</summary>
    public MadeLogSink? Log { get; init; }

    public FolderContent With(MadeLogSink log) => new(folder, Facts) { Log = log };

    public string this[string file] => Path.Combine(folder, file);

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(new DirectoryInfo(folder).EnumerateFiles()
            .ToDictionary(static file => file.Name, static file => file.Length));

    public Task<Stream> OpenAsync(string file, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(File.OpenRead(this[file]));

    public Task ExtractAsync(string folder, string destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task CopyLogAsync(string file, Stream destination, CancellationToken cancellationToken) =>
        await destination.WriteAsync(Log![file], cancellationToken);
}
