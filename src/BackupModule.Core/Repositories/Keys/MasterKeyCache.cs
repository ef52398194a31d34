using System;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Keys;

/// <summary>
/// Remembers, for the life of the process, what a password opened and what it did not, so that scrypt's half a second
/// is spent once a key and not at every command. Entries are found by the hash of the key file and the password
/// together, under a random key, so that the table gives nothing to try passwords against.
/// </summary>
internal static class MasterKeyCache
{
    private static readonly byte[] s_hashKey = RandomNumberGenerator.GetBytes(32);
    private static readonly ConcurrentDictionary<ObjectId, MasterKey?> s_opened = new();

    /// <summary>The key file's master key, from memory or by derivation; null if the password is not this key's.</summary>
    public static MasterKey? Open(ObjectId keyId, KeyFile file, ReadOnlySpan<byte> password)
    {
        ObjectId name = NameOf(keyId, password);
        return s_opened.TryGetValue(name, out MasterKey? known) ? known : s_opened[name] = file.Open(password);
    }

    private static ObjectId NameOf(ObjectId keyId, ReadOnlySpan<byte> password)
    {
        Span<byte> hash = stackalloc byte[ObjectId.Size];
        Span<byte> id = stackalloc byte[ObjectId.Size];
        keyId.CopyTo(id);
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, s_hashKey);
        hmac.AppendData(id);
        hmac.AppendData(password);
        hmac.GetHashAndReset(hash);
        return new ObjectId(hash);
    }
}
