using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BackupModule.Core.Backup;
using BackupModule.Core.Hashing;
using BackupModule.Core.Maintenance;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Core.Verification;
using BackupModule.Tests.Interop;
using BackupModule.Tests.Servers;

namespace BackupModule.Tests.Repositories.Protection;

/// <summary>A repository in a bucket of Ceph whose objects are locked, with files to back up.</summary>
internal sealed class LockedBucket : IDisposable
{
    public const string Prefix = "repo";

    private readonly S3Server _server;
    private readonly List<S3ObjectStore> _stores = [];

    private LockedBucket(S3Server server, string bucket)
    {
        _server = server;
        Bucket = bucket;
        Client = server.CreateClient();
    }

    public string Bucket { get; }

    public IAmazonS3 Client { get; }

    public RepositoryFixture Fixture { get; } = new();

    public Restic Restic => _server.ResticOf(Bucket, Prefix);

    public static async Task<LockedBucket> CreateAsync(CephServer ceph) =>
        new(ceph.Server, await ceph.Server.CreateLockingBucketAsync());

    /// <summary>The store, as it is used with locks of this mode and time; with none, as it is used without.</summary>
    public S3ObjectStore Open(StoreLockMode mode, TimeSpan time)
    {
        S3ObjectStore store = _server.OpenStore(Bucket, Prefix, _server.Settings with
        {
            LockMode = mode,
            LockFor = mode == StoreLockMode.None ? null : time,
        });
        _stores.Add(store);
        return store;
    }

    /// <summary>The files of the repository and their locks, by the client of the protocol's own author.</summary>
    public async Task<IReadOnlyDictionary<string, (StoreLockMode Mode, DateTimeOffset Until)>> LocksAsync()
    {
        Dictionary<string, (StoreLockMode, DateTimeOffset)> locks = [];
        foreach (S3ObjectVersion version in await VersionsAsync())
        {
            if (version is { IsLatest: true, IsDeleteMarker: not true })
            {
                GetObjectMetadataResponse head = await Client.GetObjectMetadataAsync(Bucket, version.Key);
                locks[version.Key[(Prefix.Length + 1)..]] = (
                    head.ObjectLockMode is null ? StoreLockMode.None : Enum.Parse<StoreLockMode>(head.ObjectLockMode.Value, ignoreCase: true),
                    head.ObjectLockRetainUntilDate is { } until ? new DateTimeOffset(until.ToUniversalTime()) : default);
            }
        }

        return locks;
    }

    /// <summary>Every version and marker in the bucket.</summary>
    public async Task<IReadOnlyList<S3ObjectVersion>> VersionsAsync(string folder = "") =>
        (await Client.ListVersionsAsync(Bucket, $"{Prefix}/{folder}")).Versions ?? [];

    public async Task<Snapshot> BackUpAsync(Repository repository) => (await RunAsync(repository)).Snapshot;

    public Task<BackupResult> RunAsync(Repository repository) => Fixture.BackUpAsync(repository);

    public Task<PruneResult> PruneAsync(Repository repository) =>
        new PruneRunner(repository, TimeProvider.System, Fixture.Observer)
            .RunAsync(new PruneOptions(), CancellationToken.None);

    public Task RemoveAsync(Repository repository, params ObjectId[] snapshots) =>
        Editor(repository).RemoveAsync(snapshots, TimeSpan.Zero, CancellationToken.None);

    public SnapshotEditor Editor(Repository repository) => new(repository, TimeProvider.System, Fixture.Observer);

    public Task<TamperTestResult> TamperAsync(Repository repository) =>
        new TamperTester(repository, TimeProvider.System, Fixture.Observer).RunAsync(CancellationToken.None);

    public Task<CheckResult> ReadLocksAsync(Repository repository) =>
        new RepositoryChecker(repository, TimeProvider.System, Fixture.Observer)
            .RunAsync(new CheckOptions { ReadLocks = true }, CancellationToken.None);

    /// <summary>Deletes as somebody would who stole the key: plainly, everything that a listing shows.</summary>
    public async Task DeleteAllAsync(Func<string, bool>? chosen = null)
    {
        foreach (S3ObjectVersion version in (await VersionsAsync()).Where(static v => v is { IsLatest: true, IsDeleteMarker: not true }))
        {
            if (chosen is null || chosen(version.Key[(Prefix.Length + 1)..]))
            {
                await Client.DeleteObjectAsync(Bucket, version.Key);
            }
        }
    }

    public void Dispose()
    {
        _stores.ForEach(static store => store.Dispose());
        Client.Dispose();
        Fixture.Dispose();
    }
}
