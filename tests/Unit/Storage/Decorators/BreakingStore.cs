using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Storage.Decorators;

/// <summary>A store that has only listings, which break off after so many objects; further ones are whole.</summary>
internal sealed class BreakingStore(IReadOnlyList<string> keys, IReadOnlyList<int> breakAfter) : IObjectStore
{
    public string Location => "breaking:";

    public int Listings { get; private set; }

    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int end = Listings < breakAfter.Count ? breakAfter[Listings] : keys.Count;
        Listings++;
        await Task.Yield();
        for (int i = 0; i < keys.Count; i++)
        {
            if (i == end)
            {
                throw new BackupException(BackupErrorKind.StorageFailure, "The listing broke off.") { IsTransient = true };
            }

            yield return new StoredObject(keys[i], i);
        }
    }
}
