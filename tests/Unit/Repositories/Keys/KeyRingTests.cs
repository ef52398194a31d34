using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Repositories.Keys;

public sealed class KeyRingTests
{
    private static readonly byte[] s_new = "a new password"u8.ToArray();

    private readonly RecordingObserver _observer = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_key_that_was_added_opens_the_repository()
    {
        MemoryObjectStore store = await Vectors.LoadAsync();
        Repository repository = await Vectors.OpenAsync(store);

        ObjectId added = await new KeyRing(repository).AddAsync(s_new, _time, CancellationToken.None);

        Repository opened = await Vectors.OpenAsync(store, s_new);
        Assert.Equal(added, opened.KeyId);
        Assert.Equal(repository.Config, opened.Config);
        RepositoryKey key = (await ListAsync(opened)).Single(key => key.Id == added);
        Assert.Equal("2024-06-01T12:00:00Z", key.File.Created);
        Assert.True(key.IsCurrent);
    }

    [Fact]
    public async Task A_key_that_was_removed_opens_nothing_any_more()
    {
        MemoryObjectStore store = await Vectors.LoadAsync();
        Repository repository = await Vectors.OpenAsync(store);
        ObjectId other = (await ListAsync(repository)).Single(key => !key.IsCurrent).Id;

        await new KeyRing(repository).RemoveAsync(other, CancellationToken.None);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => Vectors.OpenAsync(store, Vectors.SecondPassword));
        Assert.Equal(BackupErrorKind.WrongPassword, failure.Kind);
    }

    [Fact]
    public async Task The_key_in_use_is_not_removed()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => new KeyRing(repository).RemoveAsync(repository.KeyId, CancellationToken.None));

        Assert.Equal(BackupErrorKind.KeyInUse, failure.Kind);
        Assert.Equal(2, (await ListAsync(repository)).Count);
    }

    [Fact]
    public async Task An_empty_password_is_refused()
    {
        Repository repository = await Vectors.OpenAsync(await Vectors.LoadAsync());

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => new KeyRing(repository).AddAsync(default, _time, CancellationToken.None));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public async Task Only_the_last_of_several_new_passwords_opens_the_repository()
    {
        MemoryObjectStore store = await Vectors.LoadAsync();
        Repository repository = await Vectors.OpenAsync(store);
        KeyRing keys = new(repository);

        await keys.ChangePasswordAsync("an intermediate password"u8.ToArray(), _time, CancellationToken.None);
        ObjectId last = await keys.ChangePasswordAsync(s_new, _time, CancellationToken.None);

        Assert.Equal(2, (await ListAsync(repository)).Count);
        Assert.Equal(last, (await Vectors.OpenAsync(store, s_new)).KeyId);
        foreach (byte[] old in new[] { Vectors.Password, "an intermediate password"u8.ToArray() })
        {
            BackupException failure = await Assert.ThrowsAsync<BackupException>(() => Vectors.OpenAsync(store, old));
            Assert.Equal(BackupErrorKind.WrongPassword, failure.Kind);
        }
    }

    private Task<IReadOnlyList<RepositoryKey>> ListAsync(Repository repository) =>
        new KeyRing(repository).ListAsync(_observer, CancellationToken.None);
}
