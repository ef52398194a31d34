using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Replication;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;

namespace BackupModule.Tests.Replication;

/// <summary>A repository on disk, and a second one in memory that backups are copied into.</summary>
internal sealed class ReplicaPair : IDisposable
{
    public const string CopyPassword = "battery staple";

    private static readonly DateTimeOffset s_today = new(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(2));

    public RepositoryFixture Fixture { get; } = new();

    public Repository Source { get; private set; } = null!;

    public MemoryObjectStore CopyStore { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public static Task<Repository> CreateAsync(IObjectStore store, RabinPolynomial? polynomial, RepositoryOptions? options = null) =>
        Repository.CreateAsync(
            store,
            System.Text.Encoding.UTF8.GetBytes(CopyPassword),
            polynomial,
            options ?? new RepositoryOptions { PackSize = 64 * 1024 },
            TimeProvider.System,
            CancellationToken.None);

    public async Task<Repository> CreateAsync(RepositoryOptions? options = null)
    {
        Source = await Fixture.CreateAsync();
        return await CreateAsync(CopyStore, Source.Config.Polynomial, options);
    }

    public async Task<Snapshot> BackUpAsync(string file, byte[] content, int daysAgo = 0)
    {
        Fixture.Write(file, content);
        BackupOptions options = new()
        {
            Paths = [Fixture.SourcePath],
            Time = s_today.AddDays(-daysAgo),
        };
        return (await Fixture.BackUpAsync(Source, options)).Snapshot;
    }

    public Task<CopyResult> CopyAsync(
        Repository destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        new CopyRunner(Source, destination, new TestTime(), Observer)
            .RunAsync(options ?? new CopyOptions { ReadBack = true }, cancellationToken);

    public void Dispose() => Fixture.Dispose();
}
