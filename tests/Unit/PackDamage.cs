using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;

namespace BackupModule.Tests;

/// <summary>Changes stored packs as a failing disk would, and stores blobs a second time as two writers would.</summary>
internal static class PackDamage
{
    /// <summary>Flips a bit of the blob.</summary>
    public static async Task DamageAsync(Repository repository, BlobLocation blob)
    {
        string key = RepositoryLayout.KeyOf(FileKind.Pack, blob.PackId);
        byte[] content = new byte[(await repository.Store.GetSizeAsync(key, CancellationToken.None))!.Value];
        await repository.Store.ReadAsync(key, 0, content, CancellationToken.None);
        content[blob.Entry.Offset + (blob.Entry.Length / 2)] ^= 1;
        await repository.Store.PutAsync(key, content, CancellationToken.None);
    }

    /// <summary>Stores the blob in a pack of its own, too.</summary>
    public static async Task DuplicateAsync(Repository repository, BlobKey key)
    {
        PackBuilder builder = PackBuilding.NewPack(key.Type);
        builder.TryAdd(repository.Codec, key, await repository.Blobs.ReadAsync(key, CancellationToken.None));
        FinishedPack copy = builder.Finish(repository.Cipher);
        await repository.Store.PutAsync(
            RepositoryLayout.KeyOf(FileKind.Pack, copy.Id), copy.Content.ToArray(), CancellationToken.None);
        await repository.Index.SaveFileAsync([new IndexedPack(copy.Id, copy.Entries)], CancellationToken.None);
    }
}
