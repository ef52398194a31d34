using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Storage;

/// <summary>A store whose calls a test can fail, hold up or watch before they reach the store within.</summary>
internal sealed class InterceptedStore(IObjectStore inner) : IObjectStore
{
    public Func<string, CancellationToken, Task> BeforePut { get; set; } = static (_, _) => Task.CompletedTask;

    public Func<string, CancellationToken, Task> BeforeDelete { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Gets the key, the offset and the length.</summary>
    public Func<string, long, int, CancellationToken, Task> BeforeRead { get; set; } =
        static (_, _, _, _) => Task.CompletedTask;

    public string Location => inner.Location;

    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        inner.PrepareAsync(folders, cancellationToken);

    public async Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await BeforePut(key, cancellationToken);
        await inner.PutAsync(key, content, cancellationToken);
    }

    public async Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await BeforePut(key, cancellationToken);
        return await inner.TryCreateAsync(key, content, cancellationToken);
    }

    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        inner.GetSizeAsync(key, cancellationToken);

    public async Task ReadAsync(
        string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        await BeforeRead(key, offset, destination.Length, cancellationToken);
        await inner.ReadAsync(key, offset, destination, cancellationToken);
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        await BeforeDelete(key, cancellationToken);
        await inner.DeleteAsync(key, cancellationToken);
    }
}
