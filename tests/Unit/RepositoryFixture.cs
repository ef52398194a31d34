using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Interop;

namespace BackupModule.Tests;

/// <summary>A repository in a temporary folder, with room for sources and restores beside it.</summary>
internal sealed class RepositoryFixture : IDisposable
{
    public const string Password = "correct horse";

    private readonly TemporaryFolder _folder;

    public RepositoryFixture() => _folder = new TemporaryFolder();

    /// <summary>A fixture below the given folder, for tests that compare the metadata of every parent folder.</summary>
    public RepositoryFixture(string parent) => _folder = new TemporaryFolder(parent);

    public string RepositoryPath => Path.Combine(_folder.Path, "repository");

    public string SourcePath => Path.Combine(_folder.Path, "source");

    public string RestorePath => Path.Combine(_folder.Path, "restored");

    public Restic Restic => new(RepositoryPath, Password);

    public static byte[] PasswordBytes => Encoding.UTF8.GetBytes(Password);

    public RecordingObserver Observer { get; } = new();

    public Task<Repository> CreateAsync(IObjectStore? store = null) => Repository.CreateAsync(
        store ?? new LocalObjectStore(RepositoryPath),
        PasswordBytes,
        polynomial: null,
        new RepositoryOptions(),
        TimeProvider.System,
        CancellationToken.None);

    public Task<Repository> OpenAsync(IObjectStore? store = null) => Repository.OpenAsync(
        store ?? new LocalObjectStore(RepositoryPath), PasswordBytes, new RepositoryOptions(), CancellationToken.None);

    /// <summary>Writes a file below the source folder.</summary>
    public string Write(string relativePath, byte[] content)
    {
        string path = Path.Combine(SourcePath, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string relativePath, string content) => Write(relativePath, Encoding.UTF8.GetBytes(content));

    public Task<BackupResult> BackUpAsync(Repository repository, params string[] paths) =>
        BackUpAsync(repository, new BackupOptions { Paths = paths.Length > 0 ? paths : [SourcePath] });

    public Task<BackupResult> BackUpAsync(Repository repository, BackupOptions options) =>
        new BackupRunner(
            repository,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            TimeProvider.System,
            Observer).RunAsync(options, CancellationToken.None);

    public Task<RestoreResult> RestoreAsync(Repository repository, Snapshot snapshot) =>
        RestoreAsync(repository, new RestoreOptions { Snapshot = snapshot, Destination = RestorePath });

    public Task<RestoreResult> RestoreAsync(Repository repository, RestoreOptions options) =>
        new RestoreRunner(repository, TimeProvider.System, Observer).RunAsync(options, CancellationToken.None);

    public IReadOnlyList<BackupErrorKind> FailureKinds => [.. Observer.Failures.Select(failure => failure.Kind)];

    public void Dispose() => _folder.Dispose();
}
