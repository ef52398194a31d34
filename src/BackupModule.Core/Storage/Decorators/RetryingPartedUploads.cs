using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Uploads in parts, each call tried again as the store's own are.</summary>
/// <param name="inner">The uploads.</param>
/// <param name="store">The store around them.</param>
internal sealed class RetryingPartedUploads(IPartedUploads inner, RetryingStore store) : IPartedUploads
{
    /// <inheritdoc/>
    public Task<string> BeginAsync(string key, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.BeginAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    public Task<string> PutPartAsync(
        string key, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.PutPartAsync(key, upload, number, content, token), cancellationToken);

    /// <inheritdoc/>
    public async Task CompleteAsync(
        string key, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        int attempts = 0;
        try
        {
            await store.RunAsync(
                token =>
                {
                    attempts++;
                    return inner.CompleteAsync(key, upload, parts, token);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageObjectNotFound && attempts > 1)
        {
            // An attempt whose answer was lost may have completed it; then the upload is not there any more.
            if (await store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is null)
            {
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public Task AbortAsync(string key, string upload, CancellationToken cancellationToken) =>
        store.RunAsync(token => inner.AbortAsync(key, upload, token), cancellationToken);
}
