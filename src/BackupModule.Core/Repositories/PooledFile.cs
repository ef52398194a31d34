using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories;

/// <summary>A whole file of the repository, proved by its name, in a pooled buffer.</summary>
internal sealed class PooledFile : IDisposable
{
    private readonly int _length;
    private byte[] _buffer;

    private PooledFile(int length)
    {
        _length = length;
        _buffer = BufferPool.Shared.Rent(length);
    }

    /// <summary>The file's bytes, until it is disposed.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(0, _length);

    /// <summary>Reads a file and compares its hash with its name; a mismatch is tried once more.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="size">Its size by the store's listing; null to ask the store.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>StorageObjectNotFound</c>, the kind's own error for damage, or a failure of
    /// the store.</exception>
    public static async Task<PooledFile> ReadAsync(
        IObjectStore store, FileKind kind, ObjectId id, long? size, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(kind, id);
        for (int attempt = 0; ; attempt++)
        {
            long length = (attempt == 0 ? size : null)
                ?? await store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false)
                ?? throw new BackupException(
                    BackupErrorKind.StorageObjectNotFound, $"{key} is not in {store.Location}.")
                {
                    Subject = key,
                };
            if (length > Array.MaxLength)
            {
                throw RepositoryFiles.Damaged(kind, id, $"it has {length} bytes");
            }

            PooledFile file = new((int)length);
            try
            {
                await store.ReadAsync(key, 0, file._buffer.AsMemory(0, file._length), cancellationToken)
                    .ConfigureAwait(false);
                if (ObjectId.Hash(file.Content) == id)
                {
                    return file;
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
            if (attempt > 0)
            {
                throw RepositoryFiles.Damaged(kind, id, "its content does not match its name");
            }

            store.DropCopies(key);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            BufferPool.Shared.Return(buffer);
        }
    }
}
