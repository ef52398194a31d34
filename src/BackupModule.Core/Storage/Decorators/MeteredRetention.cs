using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Counts the requests for versions and locks, by what providers charge for them.</summary>
internal sealed class MeteredRetention(IRetentionStore inner, StoreMeter meter) : IRetentionStore
{
    public RetentionPolicy? Policy => inner.Policy;

    public Task RequireSupportAsync(CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Get, 0);
        return inner.RequireSupportAsync(cancellationToken);
    }

    public Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Head, 0);
        return inner.GetAsync(key, cancellationToken);
    }

    public Task SetAsync(
        string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Put, 0);
        return inner.SetAsync(key, versionId, mode, until, cancellationToken);
    }

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.List, 0);
        meter.Count(StoreRequest.Delete, 0);
        return inner.RemoveAsync(key, cancellationToken);
    }

    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.List, 0);
        int shown = 0;
        await foreach (ObjectVersion version in inner.ListVersionsAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (shown++ == MeteredStore.Page)
            {
                meter.Count(StoreRequest.List, 0);
                shown = 1;
            }

            yield return version;
        }
    }

    public Task DeleteVersionAsync(
        string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Delete, 0);
        return inner.DeleteVersionAsync(key, versionId, bypassGovernance, cancellationToken);
    }

    public Task ReadVersionAsync(
        string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken)
    {
        meter.Count(StoreRequest.Get, destination.Length);
        return inner.ReadVersionAsync(key, versionId, destination, cancellationToken);
    }
}
