using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Shows versions and locks, and refuses every change of them.</summary>
/// <param name="inner">The store's own.</param>
/// <param name="refuse">Makes the error for what was tried.</param>
internal sealed class ReadOnlyRetention(IRetentionStore inner, Func<string, BackupException> refuse) : IRetentionStore
{
    public RetentionPolicy? Policy => inner.Policy;

    public Task RequireSupportAsync(CancellationToken cancellationToken) => inner.RequireSupportAsync(cancellationToken);

    public Task<ObjectRetention?> GetAsync(string key, CancellationToken cancellationToken) =>
        inner.GetAsync(key, cancellationToken);

    public Task SetAsync(
        string key, string? versionId, StoreLockMode mode, DateTimeOffset until, CancellationToken cancellationToken) =>
        throw refuse($"lock {key} in");

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) => throw refuse($"delete {key} in");

    public IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListVersionsAsync(prefix, cancellationToken);

    public Task DeleteVersionAsync(
        string key, string versionId, bool bypassGovernance, CancellationToken cancellationToken) =>
        throw refuse($"delete {key} in");

    public Task ReadVersionAsync(
        string key, string versionId, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadVersionAsync(key, versionId, destination, cancellationToken);
}
