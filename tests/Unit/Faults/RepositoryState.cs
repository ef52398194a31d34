using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.Memory;
using BackupModule.Core.Verification;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>What the fault tests ask of a repository after each failure.</summary>
internal static class RepositoryState
{
    /// <summary>A copy of the whole store in memory, so that each failure starts from the same state.</summary>
    public static async Task<MemoryObjectStore> CopyAsync(IObjectStore from)
    {
        MemoryObjectStore copy = new();
        await CopyAsync(from, copy);
        return copy;
    }

    public static async Task CopyAsync(IObjectStore from, IObjectStore to)
    {
        await foreach (StoredObject item in from.ListAsync(string.Empty, CancellationToken.None))
        {
            byte[] content = new byte[item.Size];
            await from.ReadAsync(item.Key, 0, content, CancellationToken.None);
            await to.PutAsync(item.Key, content, CancellationToken.None);
        }
    }

    public static Task<Repository> OpenAsync(IObjectStore store, string password = RepositoryFixture.Password) =>
        Repository.OpenAsync(
            store,
            System.Text.Encoding.UTF8.GetBytes(password),
            new RepositoryOptions { PackSize = 64 * 1024 },
            CancellationToken.None);

    /// <summary>Does what an operator does who knows that nothing runs any more.</summary>
    public static Task UnlockAsync(Repository repository) =>
        new LockStore(repository, TimeProvider.System).RemoveAsync(all: true, CancellationToken.None);

    /// <summary>Every byte of the repository is right, by our own check.</summary>
    public static async Task AssertSoundAsync(Repository repository, string context)
    {
        CheckResult result = await CheckAsync(repository);
        string found = string.Join('\n', result.Findings.Select(finding => finding.Message));
        Assert.True(result.Passed, $"{context}: {found}");
    }

    public static Task<CheckResult> CheckAsync(Repository repository) =>
        new RepositoryChecker(repository, new TestTime(), new RecordingObserver())
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None);

    /// <summary>Every byte of the repository is right, by stock restic.</summary>
    public static async Task AssertSoundByResticAsync(IObjectStore store, string password = RepositoryFixture.Password)
    {
        using TemporaryFolder folder = new();
        LocalObjectStore disk = new(folder["repository"]);
        await disk.PrepareAsync(RepositoryLayout.Folders, CancellationToken.None);
        await CopyAsync(store, disk);
        await new Restic(disk.Location, password).CheckAllAsync();
    }

    /// <summary>A backup's whole content as one hash: every path with the hash of its bytes, all read from the packs.
    /// </summary>
    public static async Task<string> ContentAsync(Repository repository, Snapshot snapshot)
    {
        await repository.Index.LoadAsync(CancellationToken.None);
        List<string> lines = [];
        await foreach (TreeItem item in new TreeWalker(repository.Trees).WalkAsync(
            snapshot.Tree, string.Empty, _ => true, (path, failure) => throw failure, CancellationToken.None))
        {
            List<byte> content = [];
            foreach (ObjectId chunk in item.Node.Content ?? [])
            {
                content.AddRange(await repository.Blobs.ReadAsync(
                    new BlobKey(BlobType.Data, chunk), CancellationToken.None));
            }

            lines.Add($"{item.Path} {item.Node.Type} {ObjectId.Hash(content.ToArray())}");
        }

        return string.Join('\n', lines);
    }
}
