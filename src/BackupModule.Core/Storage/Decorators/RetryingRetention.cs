using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Tries requests for versions and locks again as <see cref="RetryingStore"/> does with others.</summary>
/// <param name="inner">The store's own.</param>
/// <param name="retry">Runs a call until it succeeds, or fails for good.</param>
internal sealed class RetryingRetention(IRetentionStore inner, RetryingRetention.Retry retry) : IRetentionStore
{
    /// <summary>Runs a call, again where it fails for a while.</summary>
    public delegate Task<object?> Retry(
        Func<CancellationToken, Task<object?>> call, CancellationToken cancellationToken);

    public RetentionPolicy? Policy => inner.Policy;

    public Task RequireSupportAsync(CancellationToken cancellationToken) =>
        RunAsync(inner.RequireSupportAsync, cancellationToken);

    public async Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken) =>
        (ObjectRetention?)await retry(
            async token => await inner.GetAsync(key, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public Task SetAsync(
        string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken) =>
        RunAsync(token => inner.SetAsync(key, versionId, mode, until, token), cancellationToken);

    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) =>
        (bool)(await retry(
            async token => await inner.RemoveAsync(key, token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false))!;

    // A listing that breaks off is begun again whole, so it is held until it is complete.
    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        object? all = await retry(
            async token => await inner.ListVersionsAsync(prefix, token).ToListAsync(token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        foreach (ObjectVersion version in (List<ObjectVersion>)all!)
        {
            yield return version;
        }
    }

    public Task DeleteVersionAsync(
        string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken) =>
        RunAsync(token => inner.DeleteVersionAsync(key, versionId, bypassGovernance, token), cancellationToken);

    public Task ReadVersionAsync(
        string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken) =>
        RunAsync(token => inner.ReadVersionAsync(key, versionId, destination, token), cancellationToken);

    private Task<object?> RunAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => retry(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return null;
        },
        cancellationToken);
}
