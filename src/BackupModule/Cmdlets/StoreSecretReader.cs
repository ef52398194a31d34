using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Storage;

namespace BackupModule.Cmdlets;

/// <summary>Resolves the references in a store's settings.</summary>
internal sealed class StoreSecretReader(PasswordReader passwords)
{
    private const int EncryptionKeySize = 32;

    /// <exception cref="BackupException"><c>SecretUnavailable</c>; <c>InvalidArgument</c> for a key of another size.
    /// </exception>
    public async Task<StoreSecrets> ReadAsync(StoreSettings settings, CancellationToken cancellationToken)
    {
        if (settings.SecretKeyReference is null && settings.EncryptionKeyReference is null)
        {
            return StoreSecrets.None;
        }

        string? secretKey = await ReadAsync(settings.SecretKeyReference, cancellationToken).ConfigureAwait(false);
        string? encryptionKey = await ReadAsync(settings.EncryptionKeyReference, cancellationToken)
            .ConfigureAwait(false);
        return new StoreSecrets(secretKey, encryptionKey is null ? default : Decode(encryptionKey));
    }

    private static byte[] Decode(string base64)
    {
        byte[] key = new byte[EncryptionKeySize];
        return Convert.TryFromBase64String(base64, key, out int length) && length == EncryptionKeySize
            ? key
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The provider's encryption key is not 32 bytes as base64.",
                "Make one, for example with: openssl rand -base64 32");
    }

    private async Task<string?> ReadAsync(string? reference, CancellationToken cancellationToken)
    {
        if (reference is null)
        {
            return null;
        }

        using Secret secret = await passwords
            .ReadAsync(PasswordArgument.Read(reference), "the store", isNew: false, cancellationToken)
            .ConfigureAwait(false);
        return Encoding.UTF8.GetString(secret.Utf8);
    }
}
