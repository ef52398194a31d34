using System;
using System.Text;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;
using BackupModule.Tests.Faults;
using Xunit;

namespace BackupModule.Tests.Repositories.Keys;

public sealed class KeyFaultTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly MemoryObjectStore _store = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_password_changed_twice_in_a_row_leaves_one_key_which_nobody_can_remove()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        KeyRing keys = new(repository);

        await keys.ChangePasswordAsync(Encoding.UTF8.GetBytes("second"), TimeProvider.System, default);
        ObjectId third = await keys.ChangePasswordAsync(Encoding.UTF8.GetBytes("third"), TimeProvider.System, default);

        RepositoryKey only = Assert.Single(await keys.ListAsync(_fixture.Observer, default));
        Assert.Equal(third, only.Id);
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => keys.RemoveAsync(third, default));
        Assert.Equal(BackupErrorKind.KeyInUse, refused.Kind);
        Assert.Equal(third, (await RepositoryState.OpenAsync(_store, "third")).KeyId);
        BackupException wrong = await Assert.ThrowsAsync<BackupException>(
            () => RepositoryState.OpenAsync(_store, "second"));
        Assert.Equal(BackupErrorKind.WrongPassword, wrong.Kind);
    }

    [Fact]
    public async Task A_damaged_key_file_is_reported_and_does_not_keep_another_key_from_opening()
    {
        Repository repository = await _fixture.CreateAsync(_store);
        string good = Assert.Single(await KeysAsync());
        byte[] content = new byte[(await _store.GetSizeAsync(good, default))!.Value];
        await _store.ReadAsync(good, 0, content, default);
        content[^10] ^= 1;

        // Under a name that a listing shows before and after the good one.
        await _store.PutAsync("keys/" + new string('0', 63) + "1", content, default);
        await _store.PutAsync("keys/" + new string('f', 64), content.AsMemory(0, 100), default);

        Assert.Equal(repository.KeyId, (await RepositoryState.OpenAsync(_store)).KeyId);
        Assert.Single(await new KeyRing(repository).ListAsync(_fixture.Observer, default));
        Assert.Equal([BackupErrorKind.KeyDamaged, BackupErrorKind.KeyDamaged], _fixture.FailureKinds);

        await _store.DeleteAsync(good, default);
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => RepositoryState.OpenAsync(_store));
        Assert.Equal(BackupErrorKind.KeyDamaged, failure.Kind);
    }

    private async Task<string[]> KeysAsync()
    {
        System.Collections.Generic.List<string> keys = [];
        await foreach (StoredObject key in _store.ListAsync("keys/", default))
        {
            keys.Add(key.Key);
        }

        return [.. keys];
    }
}
