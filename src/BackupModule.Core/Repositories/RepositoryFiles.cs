using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Compression;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Repositories;

/// <summary>
/// The repository's files that are not packs: JSON, compressed (a byte 2, then a zstd frame), sealed, and named by the
/// hash of what is stored.
/// </summary>
public sealed class RepositoryFiles
{
    private const byte CompressedMark = 2;

    // A length that is only claimed must not reserve much memory.
    private const int LargestPooled = 64 * 1024 * 1024;

    private static readonly ConcurrentBag<ZstdCodec> s_codecs = [];

    private readonly IObjectStore _store;
    private readonly ContainerCipher _cipher;
    private readonly ConcurrentQueue<string> _hidden = [];

    internal RepositoryFiles(IObjectStore store, ContainerCipher cipher)
    {
        _store = store;
        _cipher = cipher;
    }

    /// <summary>Lists the files of a kind. Names that are not ids are passed over.</summary>
    public static async IAsyncEnumerable<StoredFile> ListAsync(
        IObjectStore store, FileKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (StoredObject item in store.ListAsync(RepositoryLayout.FolderOf(kind), cancellationToken)
            .ConfigureAwait(false))
        {
            if (ObjectId.TryParse(item.Name, out ObjectId id) && item.Key == RepositoryLayout.KeyOf(kind, id))
            {
                yield return new StoredFile(id, item.Size);
            }
        }
    }

    /// <summary>Lists the files of a kind. Names that are not ids are passed over.</summary>
    public IAsyncEnumerable<StoredFile> ListAsync(FileKind kind, CancellationToken cancellationToken) =>
        ListAsync(_store, kind, cancellationToken);

    /// <summary>Compresses, seals and stores JSON as a new file.</summary>
    /// <returns>The file's id.</returns>
    public async Task<ObjectId> SaveAsync(
        FileKind kind, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        (ObjectId id, byte[] content) = Seal(json);
        await _store.PutAsync(RepositoryLayout.KeyOf(kind, id), content, cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>As <see cref="SaveAsync"/>, for a file that must not stay behind if storing it fails: a store may have
    /// it although its answer was lost.</summary>
    internal async Task<ObjectId> SaveOrRemoveAsync(
        FileKind kind, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        (ObjectId id, byte[] content) = Seal(json);
        string key = RepositoryLayout.KeyOf(kind, id);
        try
        {
            await _store.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch (Exception failure) when (failure is BackupException or OperationCanceledException)
        {
            await RemoveQuietlyAsync(key).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads a file's JSON.</summary>
    /// <exception cref="BackupException"><c>StorageObjectNotFound</c>; or, by kind, <c>IndexDamaged</c>,
    /// <c>BackupDamaged</c> or <c>RepositoryDamaged</c>.</exception>
    public Task<byte[]> LoadAsync(FileKind kind, ObjectId id, CancellationToken cancellationToken) =>
        LoadAsync(kind, id, size: null, static json => json.ToArray(), cancellationToken);

    /// <summary>Reads a file's JSON without leaving anything of it in memory but what the reader makes of it.</summary>
    /// <param name="kind">What the file is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="size">Its size in the store's listing, where that is known; it saves asking the store.</param>
    /// <param name="read">Makes something of the JSON; <see cref="InvalidDataException"/> says how it is damaged.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException">As for reading the JSON alone.</exception>
    internal async Task<T> LoadAsync<T>(
        FileKind kind, ObjectId id, long? size, JsonReading<T> read, CancellationToken cancellationToken)
    {
        using PooledFile file = await PooledFile.ReadAsync(_store, kind, id, size, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return ReadSealed(file.Content, read);
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(kind, id, failure.Message, failure);
        }
    }

    /// <summary>Removes a file, if it is there. One that the store has locked is hidden.</summary>
    public async Task RemoveAsync(FileKind kind, ObjectId id, CancellationToken cancellationToken)
    {
        string key = RepositoryLayout.KeyOf(kind, id);
        if (_store.Retention() is not { Policy: not null } retention)
        {
            await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        _store.DropCopies(key);
        if (!await retention.RemoveAsync(key, cancellationToken).ConfigureAwait(false) && kind != FileKind.Lock)
        {
            _hidden.Enqueue(key);
        }
    }

    /// <summary>The keys of files that were hidden instead of removed since the last call.</summary>
    internal IReadOnlyList<string> TakeHidden()
    {
        List<string> hidden = [];
        while (_hidden.TryDequeue(out string? key))
        {
            hidden.Add(key);
        }

        return hidden;
    }

    /// <summary>The error for a damaged file of the kind.</summary>
    internal static BackupException Damaged(FileKind kind, ObjectId id, string how, Exception? inner = null)
    {
        (BackupErrorKind error, string name, string guidance) = kind switch
        {
            FileKind.Index => (
                BackupErrorKind.IndexDamaged,
                "index file",
                "Run Repair-BackupRepository: the index is rebuilt from the packs."),
            FileKind.Snapshot => (
                BackupErrorKind.BackupDamaged,
                "snapshot",
                "This backup cannot be listed or restored; bring the file back from another copy, or remove it "
                + "with Repair-BackupRepository. Other backups are not affected."),
            FileKind.Key => (
                BackupErrorKind.KeyDamaged,
                "key file",
                "Use another key of the repository, or bring the file back from another copy."),
            FileKind.Lock => (
                BackupErrorKind.RepositoryDamaged,
                "lock file",
                "If nobody uses the repository, run Unlock-BackupRepository -All."),
            _ => (
                BackupErrorKind.PackDamaged,
                "pack",
                "Run Repair-BackupRepository: what is readable in the pack is saved."),
        };
        return new BackupException(error, $"The {name} {id.ShortText} is damaged: {how}.", guidance, inner)
        {
            Subject = id.ToString(),
        };
    }

    /// <summary>Reads a whole file and compares its hash with its name; a mismatch is tried once more.</summary>
    internal static async Task<byte[]> ReadWholeAsync(
        IObjectStore store, FileKind kind, ObjectId id, CancellationToken cancellationToken)
    {
        using PooledFile file = await PooledFile.ReadAsync(store, kind, id, size: null, cancellationToken)
            .ConfigureAwait(false);
        return file.Content.ToArray();
    }

    /// <summary>Compresses and seals JSON, and names it by its hash.</summary>
    internal (ObjectId Id, byte[] Content) Seal(ReadOnlyMemory<byte> json)
    {
        byte[] plaintext = BufferPool.Shared.Rent(1 + ZstdCodec.MaxCompressedLength(json.Length));
        try
        {
            plaintext[0] = CompressedMark;
            byte[] content = _cipher.Seal(plaintext.AsSpan(0, 1 + Compress(json.Span, plaintext.AsSpan(1))));
            return (ObjectId.Hash(content), content);
        }
        finally
        {
            BufferPool.Shared.Return(plaintext);
        }
    }

    private async Task RemoveQuietlyAsync(string key)
    {
        try
        {
            await _store.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackupException)
        {
            // The failure to store it is the one to report.
        }
    }

    private static int Compress(ReadOnlySpan<byte> json, Span<byte> frame)
    {
        using ZstdCodec codec = new();
        return codec.Compress(json, frame);
    }

    /// <summary>Reads the JSON of a sealed file.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says how.</exception>
    internal T ReadSealed<T>(ReadOnlySpan<byte> content, JsonReading<T> read)
    {
        int length = content.Length - ContainerCipher.Overhead;
        byte[] plaintext = BufferPool.Shared.Rent(ContainerCipher.RoundUp(Math.Max(0, length)));
        try
        {
            return _cipher.TryOpen(content, plaintext)
                ? ReadPlain(plaintext.AsSpan(0, length), read)
                : throw new InvalidDataException("it fails authentication");
        }
        finally
        {
            BufferPool.Shared.Return(plaintext);
        }
    }

    private static T ReadPlain<T>(ReadOnlySpan<byte> plaintext, JsonReading<T> read)
    {
        if (plaintext is [] or [(byte)'{' or (byte)'[', ..])
        {
            return read(plaintext);
        }

        if (plaintext[0] != CompressedMark)
        {
            throw new InvalidDataException($"its first byte {plaintext[0]} is unknown");
        }

        ReadOnlySpan<byte> frame = plaintext[1..];
        if (ZstdCodec.LengthOf(frame) is not { } length || length > LargestPooled)
        {
            return read(ZstdCodec.DecompressUnknown(frame.ToArray()));
        }

        byte[] json = BufferPool.Shared.Rent(length);
        ZstdCodec codec = s_codecs.TryTake(out ZstdCodec? idle) ? idle : new ZstdCodec();
        try
        {
            codec.Decompress(frame, json.AsSpan(0, length));
            return read(json.AsSpan(0, length));
        }
        finally
        {
            s_codecs.Add(codec);
            BufferPool.Shared.Return(json);
        }
    }
}
