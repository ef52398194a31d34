using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using Xunit;

namespace BackupModule.Tests;

/// <summary>Damages files of a repository on disk, as bad disks and careless people do.</summary>
internal static class DamagedRepository
{
    /// <summary>The path of a file of the repository.</summary>
    public static string PathOf(this RepositoryFixture fixture, FileKind kind, ObjectId id) =>
        Path.Combine(fixture.RepositoryPath, RepositoryLayout.KeyOf(kind, id));

    /// <summary>All files of a kind, in order of their ids.</summary>
    public static async Task<IReadOnlyList<ObjectId>> ListAsync(Repository repository, FileKind kind)
    {
        List<ObjectId> ids = [];
        await foreach ((ObjectId id, _) in repository.Files.ListAsync(kind, default))
        {
            ids.Add(id);
        }

        return [.. ids.Order()];
    }

    /// <summary>Where the blob with this content is stored.</summary>
    public static async Task<BlobLocation> LocateAsync(Repository repository, byte[] content)
    {
        await repository.Index.LoadAsync(default);
        Assert.True(repository.Index.Blobs.TryFind(
            new BlobKey(BlobType.Data, ObjectId.Hash(content)), out BlobLocation location));
        return location;
    }

    public static void FlipBit(string path, long offset)
    {
        Change(path, file =>
        {
            file.Position = offset;
            int old = file.ReadByte();
            file.Position = offset;
            file.WriteByte((byte)(old ^ 0x10));
        });
    }

    public static void Truncate(string path, long length) => Change(path, file => file.SetLength(length));

    private static void Change(string path, Action<FileStream> change)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        change(file);
    }
}
