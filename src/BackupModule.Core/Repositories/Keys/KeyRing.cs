using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Protection;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories.Keys;

/// <summary>The keys of a repository: each opens it with a password of its own.</summary>
public sealed class KeyRing
{
    private readonly Repository _repository;

    /// <summary>The keys of the open repository.</summary>
    public KeyRing(Repository repository) => _repository = repository;

    /// <summary>Lists the keys. A damaged key file is left out and reported.</summary>
    public async Task<IReadOnlyList<RepositoryKey>> ListAsync(
        IBackupObserver observer, CancellationToken cancellationToken)
    {
        List<RepositoryKey> keys = [];
        await foreach ((ObjectId id, _) in _repository.Files.ListAsync(FileKind.Key, cancellationToken)
            .ConfigureAwait(false))
        {
            try
            {
                KeyFile file = await ReadAsync(_repository.Store, id, cancellationToken).ConfigureAwait(false);
                keys.Add(new RepositoryKey(id, file, id == _repository.KeyId));
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.KeyDamaged)
            {
                observer.OnItemFailed(failure);
            }
        }

        keys.Sort(static (a, b) => string.CompareOrdinal(a.File.Created, b.File.Created));
        return keys;
    }

    /// <summary>Adds a key that opens the repository with another password.</summary>
    /// <returns>The new key's id.</returns>
    public async Task<ObjectId> AddAsync(
        ReadOnlyMemory<byte> password, TimeProvider time, CancellationToken cancellationToken)
    {
        ObjectId id = await WriteAsync(_repository.Store, _repository.MasterKey, password, time, cancellationToken)
            .ConfigureAwait(false);

        // Only a key that was read back from the store may replace another.
        KeyFile stored = await ReadAsync(_repository.Store, id, cancellationToken).ConfigureAwait(false);
        MasterKey? opened = MasterKeyCache.Open(id, stored, password.Span);
        return opened is not null && opened.Encrypt.SequenceEqual(_repository.MasterKey.Encrypt)
            ? id
            : throw RepositoryFiles.Damaged(FileKind.Key, id, "what was written does not open the repository");
    }

    /// <summary>Removes a key.</summary>
    /// <exception cref="BackupException"><c>KeyInUse</c> for the key that the repository was opened with, and for the
    /// last one.</exception>
    public async Task RemoveAsync(ObjectId id, CancellationToken cancellationToken)
    {
        if (id == _repository.KeyId || !await HasOtherAsync(id, cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException(
                BackupErrorKind.KeyInUse,
                $"The key {id.ShortText} is the one the repository is open with, or its last.",
                "Open the repository with another key to remove this one, or change its password with "
                + "Update-BackupKey.")
            {
                Subject = id.ToString(),
            };
        }

        await _repository.Files.RemoveAsync(FileKind.Key, id, cancellationToken).ConfigureAwait(false);
        await ProtectionLedger.RecordHiddenAsync(_repository, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the repository's current key a new password: writes a new key, proves it, then removes the old one. When
    /// this is interrupted, at least one of the two opens the repository.
    /// </summary>
    /// <returns>The new key's id.</returns>
    public async Task<ObjectId> ChangePasswordAsync(
        ReadOnlyMemory<byte> newPassword, TimeProvider time, CancellationToken cancellationToken)
    {
        ObjectId id = await AddAsync(newPassword, time, cancellationToken).ConfigureAwait(false);

        // Until the old key is gone it stays the one to replace, so that a second try removes it.
        await _repository.Files.RemoveAsync(FileKind.Key, _repository.KeyId, cancellationToken).ConfigureAwait(false);
        _repository.KeyId = id;
        await ProtectionLedger.RecordHiddenAsync(_repository, cancellationToken).ConfigureAwait(false);
        return id;
    }

    private async Task<bool> HasOtherAsync(ObjectId id, CancellationToken cancellationToken)
    {
        await foreach ((ObjectId other, _) in _repository.Files.ListAsync(FileKind.Key, cancellationToken)
            .ConfigureAwait(false))
        {
            if (other != id)
            {
                return true;
            }
        }

        return false;
    }

    internal static async Task<ObjectId> WriteAsync(
        IObjectStore store,
        MasterKey masterKey,
        ReadOnlyMemory<byte> password,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (password.IsEmpty)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, "The password is empty.", "Give a password of at least one character.");
        }

        KeyFile file = KeyFile.Create(masterKey, password.Span, KeyDerivationParameters.Default) with
        {
            Created = GoTime.Format(FileTimestamp.FromDateTimeOffset(time.GetLocalNow())),
            HostName = MachineIdentity.Current.HostName,
            UserName = MachineIdentity.Current.UserName,
        };
        byte[] content = file.Encode();
        ObjectId id = ObjectId.Hash(content);
        await store.PutAsync(RepositoryLayout.KeyOf(FileKind.Key, id), content, cancellationToken).ConfigureAwait(false);
        return id;
    }

    internal static async Task<(ObjectId Id, MasterKey Key)> OpenAnyAsync(
        IObjectStore store, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        BackupException? damage = null;
        int tried = 0;
        await foreach ((ObjectId id, _) in RepositoryFiles.ListAsync(store, FileKind.Key, cancellationToken)
            .ConfigureAwait(false))
        {
            tried++;
            try
            {
                KeyFile file = await ReadAsync(store, id, cancellationToken).ConfigureAwait(false);
                if (MasterKeyCache.Open(id, file, password.Span) is { } key)
                {
                    return (id, key);
                }
            }
            catch (Exception failure) when (failure is CryptographicException or JsonException)
            {
                damage ??= RepositoryFiles.Damaged(FileKind.Key, id, failure.Message, failure);
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.KeyDamaged)
            {
                damage ??= failure;
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound)
            {
                // Removed since the listing began.
            }
        }

        throw damage ?? new BackupException(
            tried == 0 ? BackupErrorKind.KeyDamaged : BackupErrorKind.WrongPassword,
            tried == 0
                ? $"The repository at {store.Location} has no key files."
                : tried == 1
                    ? $"The password does not open the repository at {store.Location}."
                    : $"The password opens none of the {tried} keys of the repository at {store.Location}.",
            tried == 0
                ? "Bring the folder 'keys' back from another copy of the repository."
                : "Check the password; mind trailing spaces and the keyboard's layout.")
        {
            Subject = store.Location,
        };
    }

    private static async Task<KeyFile> ReadAsync(
        IObjectStore store, ObjectId id, CancellationToken cancellationToken)
    {
        byte[] content = await RepositoryFiles.ReadWholeAsync(store, FileKind.Key, id, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return KeyFile.Decode(content);
        }
        catch (JsonException failure)
        {
            throw RepositoryFiles.Damaged(FileKind.Key, id, failure.Message, failure);
        }
    }
}
