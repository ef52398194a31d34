using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Repositories;

/// <summary>
/// An open repository: the store, the master key, and what they give access to. Holds no lock; operations take one
/// (<see cref="Locks.RepositoryLock"/>) for as long as they need it.
/// </summary>
public sealed class Repository
{
    // Packs of data are read and written past the copies.
    private static readonly IReadOnlyList<string> s_cachedFolders =
    [
        RepositoryLayout.FolderOf(FileKind.Index),
        RepositoryLayout.FolderOf(FileKind.Snapshot),
        RepositoryLayout.FolderOf(FileKind.Pack),
    ];

    private Repository(
        IObjectStore store, RepositoryConfig config, MasterKey masterKey, ObjectId keyId, RepositoryOptions options)
    {
        Store = store;
        CachedStore = options.Cache is { } cache
            ? new CachingStore(store, new CacheFolder(cache, config.Id.ToString()), s_cachedFolders)
            : store;
        Config = config;
        Options = options;
        MasterKey = masterKey;
        KeyId = keyId;
        Cipher = new ContainerCipher(masterKey);
        Codec = new BlobCodec(Cipher, options.CompressionLevel);
        Files = new RepositoryFiles(CachedStore, Cipher);
        Index = new RepositoryIndex(this);
        Blobs = new BlobReader(this);
        Trees = new TreeStore(this);
        Snapshots = new SnapshotStore(Files);
        Chunker = new ContentChunker(config.Polynomial);
    }

    /// <summary>Where the files are.</summary>
    public IObjectStore Store { get; }

    /// <summary>The repository's own settings.</summary>
    public RepositoryConfig Config { get; }

    /// <summary>How this process writes into it.</summary>
    public RepositoryOptions Options { get; }

    /// <summary>The key that was opened, or that took its place when its password was changed.</summary>
    public ObjectId KeyId { get; internal set; }

    /// <summary>Seals and opens files and blobs.</summary>
    public ContainerCipher Cipher { get; }

    /// <summary>Turns blobs into what packs hold and back.</summary>
    public BlobCodec Codec { get; }

    /// <summary>Index files, snapshots and locks.</summary>
    public RepositoryFiles Files { get; }

    /// <summary>Which pack holds which blob.</summary>
    public RepositoryIndex Index { get; }

    /// <summary>Reads blobs.</summary>
    public BlobReader Blobs { get; }

    /// <summary>Reads directories.</summary>
    public TreeStore Trees { get; }

    /// <summary>Reads and writes snapshots.</summary>
    public SnapshotStore Snapshots { get; }

    /// <summary>Cuts files with the repository's polynomial.</summary>
    public ContentChunker Chunker { get; }

    /// <summary>The store's locks, if the repository is used with them; else null.</summary>
    public IRetentionStore? Retention => Store.Retention() is { Policy: not null } retention ? retention : null;

    internal MasterKey MasterKey { get; }

    /// <summary>The same store, whose reads are answered from copies on the local disk where
    /// <see cref="RepositoryOptions.Cache"/> says so: for index files, snapshots and packs of trees.</summary>
    internal IObjectStore CachedStore { get; }

    /// <summary>True from the moment that a lock on it is lost until the next one is taken: others may have removed
    /// packs that no index names yet.</summary>
    internal bool HasLostLock { get; set; }

    /// <summary>Makes a new repository with one key.</summary>
    /// <param name="store">Where; empty or not there yet.</param>
    /// <param name="password">The first key's password as UTF-8.</param>
    /// <param name="polynomial">The chunker polynomial of another repository, so that chunks of both are the same when
    /// one is copied into the other; null for a random one.</param>
    /// <param name="options">How to write into it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>RepositoryExists</c>, <c>RepositoryForeign</c>, or a failure of the store.
    /// </exception>
    public static async Task<Repository> CreateAsync(
        IObjectStore store,
        ReadOnlyMemory<byte> password,
        RabinPolynomial? polynomial,
        RepositoryOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await RequireFreePlaceAsync(store, cancellationToken).ConfigureAwait(false);
        MasterKey masterKey = MasterKey.Random();
        RepositoryConfig config = new(
            RepositoryConfig.SupportedVersion, ObjectId.Random(), polynomial ?? RabinPolynomial.Random());
        await store.PrepareAsync(RepositoryLayout.Folders, cancellationToken).ConfigureAwait(false);
        ObjectId keyId = await KeyRing.WriteAsync(store, masterKey, password, time, cancellationToken)
            .ConfigureAwait(false);
        Repository repository = new(store, config, masterKey, keyId, options);

        // The config comes last: without it there is no repository, whatever else was written.
        await WriteConfigAsync(store, keyId, repository.Cipher.Seal(config.Encode()), cancellationToken)
            .ConfigureAwait(false);
        return repository;
    }

    /// <summary>Opens a repository with a password.</summary>
    /// <exception cref="BackupException"><c>RepositoryNotFound</c>, <c>RepositoryForeign</c>, <c>WrongPassword</c>,
    /// <c>KeyDamaged</c>, <c>RepositoryVersionUnsupported</c>, <c>RepositoryDamaged</c>, or a failure of the store.
    /// </exception>
    public static async Task<Repository> OpenAsync(
        IObjectStore store,
        ReadOnlyMemory<byte> password,
        RepositoryOptions options,
        CancellationToken cancellationToken)
    {
        byte[] sealedConfig = await ReadConfigAsync(store, cancellationToken).ConfigureAwait(false);
        (ObjectId keyId, MasterKey masterKey) = await KeyRing.OpenAnyAsync(store, password, cancellationToken)
            .ConfigureAwait(false);
        byte[] config = new ContainerCipher(masterKey).Open(sealedConfig)
            ?? throw new BackupException(
                BackupErrorKind.RepositoryDamaged,
                $"The config file of the repository at {store.Location} is damaged: it fails authentication.",
                "Bring the file 'config' back from another copy of the repository.");
        return new Repository(store, RepositoryConfig.Decode(config), masterKey, keyId, options);
    }

    /// <summary>The same repository with nothing read yet and without copies: for checks and repairs, which look at what
    /// is stored. What this process remembers, or keeps on the local disk, proves nothing of it.</summary>
    internal Repository OpenAfresh() => new(Store, Config, MasterKey, KeyId, Options with { Cache = null });

    // Keys without a config are what an interrupted creation leaves, and open nothing. They go once the config is ours:
    // before, they may be those of somebody who creates at the same time.
    private static async Task WriteConfigAsync(
        IObjectStore store, ObjectId keyId, byte[] config, CancellationToken cancellationToken)
    {
        string ours = RepositoryLayout.KeyOf(FileKind.Key, keyId);
        bool isOurs;
        try
        {
            isOurs = await store.TryCreateAsync(RepositoryLayout.ConfigKey, config, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.StorageUnsupported)
        {
            // Whoever else creates has written a key before it looks, as we have: the later one sees both.
            isOurs = (await ListKeysAsync(store, cancellationToken).ConfigureAwait(false)).All(key => key == ours);
            if (isOurs)
            {
                await store.PutAsync(RepositoryLayout.ConfigKey, config, cancellationToken).ConfigureAwait(false);
            }
        }

        if (!isOurs)
        {
            await store.DeleteAsync(ours, cancellationToken).ConfigureAwait(false);
            throw new BackupException(
                BackupErrorKind.RepositoryExists,
                $"Somebody else creates a repository at {store.Location}, or was interrupted while creating one.",
                "Attach the other one with Register-BackupRepository; or empty the folder 'keys' there, or choose another "
                + "location.")
            {
                Subject = store.Location,
            };
        }

        foreach (string other in await ListKeysAsync(store, cancellationToken).ConfigureAwait(false))
        {
            if (other != ours)
            {
                await store.DeleteAsync(other, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<List<string>> ListKeysAsync(IObjectStore store, CancellationToken cancellationToken) =>
        await store.ListAsync(RepositoryLayout.FolderOf(FileKind.Key), cancellationToken)
            .Select(static item => item.Key).ToListAsync(cancellationToken).ConfigureAwait(false);

    private static async Task<byte[]> ReadConfigAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        long? size = await store.GetSizeAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false);
        if (size is null)
        {
            await RefuseReplacedAsync(store, cancellationToken).ConfigureAwait(false);
            bool isEmpty = await IsEmptyAsync(store, cancellationToken).ConfigureAwait(false);
            throw new BackupException(
                isEmpty ? BackupErrorKind.RepositoryNotFound : BackupErrorKind.RepositoryForeign,
                isEmpty
                    ? $"There is no repository at {store.Location}."
                    : $"{store.Location} holds files but no repository: its 'config' is missing.",
                "Check the location (is the disk mounted?), or make a repository with New-BackupRepository.")
            {
                Subject = store.Location,
            };
        }

        const long LargestConfig = 1 << 20;
        byte[] content = new byte[Math.Min(size.Value, LargestConfig)];
        await store.ReadAsync(RepositoryLayout.ConfigKey, 0, content, cancellationToken).ConfigureAwait(false);
        return content;
    }

    /// <summary>Returns if a repository can be made there.</summary>
    /// <exception cref="BackupException"><c>RepositoryExists</c>, <c>RepositoryForeign</c>, or a failure of the store.
    /// </exception>
    internal static async Task RequireFreePlaceAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        if (await store.GetSizeAsync(RepositoryLayout.ConfigKey, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryExists,
                $"There is a repository at {store.Location} already.",
                "Attach it with Register-BackupRepository, or choose another location.")
            {
                Subject = store.Location,
            };
        }

        await foreach (StoredObject item in store.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            if (!item.Key.StartsWith(RepositoryLayout.FolderOf(FileKind.Key), StringComparison.Ordinal))
            {
                throw new BackupException(
                    BackupErrorKind.RepositoryForeign,
                    $"{store.Location} is not empty.",
                    "Choose an empty or new folder: a repository shares its place with nothing else.")
                {
                    Subject = store.Location,
                };
            }
        }
    }

    private static async Task RefuseReplacedAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        const int LongestLocation = 4096;
        if (await store.GetSizeAsync(RepositoryLayout.SuccessorKey, cancellationToken).ConfigureAwait(false)
            is not ({ } size and <= LongestLocation))
        {
            return;
        }

        byte[] successor = new byte[size];
        await store.ReadAsync(RepositoryLayout.SuccessorKey, 0, successor, cancellationToken).ConfigureAwait(false);
        string location = Encoding.UTF8.GetString(successor);
        throw new BackupException(
            BackupErrorKind.RepositoryReplaced,
            $"The repository at {store.Location} was replaced by one with a new master key at {location}.",
            $"If that is what you expect, point to it with Set-BackupRepository -Location {location}.")
        {
            Subject = store.Location,
        };
    }

    private static async Task<bool> IsEmptyAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        await foreach (StoredObject _ in store.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        return true;
    }
}
