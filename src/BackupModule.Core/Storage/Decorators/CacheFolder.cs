using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using BackupModule.Core.Storage.Local;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Copies of one repository's files, laid out as restic's cache is: <c>ID/FOLDER/ab/abcd…</c>, <c>ID/version</c>, and
/// <c>CACHEDIR.TAG</c> beside all of them. Many processes may use the folder at once.
/// </summary>
/// <remarks>
/// Nothing here fails: a copy that cannot be read is none, and when one cannot be written, a warning says so and no more
/// are. Nothing is proved either: copies are not flushed, so a crash may leave damaged ones, and whoever reads one proves
/// it by its name or its blobs and drops it when it does not fit. A copy's modification time is when it was last used.
/// </remarks>
internal sealed class CacheFolder
{
    private const int Version = 1;
    private const string TagName = "CACHEDIR.TAG";
    private const string Tag =
        "Signature: 8a477f597d28d172789f06886806bc55\n"
        + "# This folder holds copies of what backup repositories store. It can be removed at any time.\n"
        + "# For information about cache directory tags, see https://bford.info/cachedir/\n";
    private const int TemporaryDigits = 10;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    private readonly CacheOptions _options;
    private readonly CacheBound _bound;
    private readonly string _root;
    private readonly bool _isLater;
    private readonly ConcurrentDictionary<CachedFile, bool> _used = new();
    private readonly ConcurrentDictionary<CachedFile, bool> _undeletable = new();
    private int _isOff;

    /// <summary>The copies of a repository. Creates nothing yet.</summary>
    /// <param name="options">Where, and how many.</param>
    /// <param name="repositoryId">The repository's own id.</param>
    public CacheFolder(CacheOptions options, string repositoryId)
    {
        _options = options with { Folder = Path.TrimEndingDirectorySeparator(options.Folder) };
        _bound = new CacheBound(options);
        _root = Path.Combine(_options.Folder, repositoryId);
        _isLater = ReadVersion() > Version;
        if (_isLater)
        {
            options.Warn($"The cache in {_root} is not used: a later version of this program made it.");
        }
    }

    private string VersionPath => Path.Combine(_root, "version");

    /// <summary>True unless copies cannot be written.</summary>
    public bool IsKeeping => !_isLater && Volatile.Read(ref _isOff) == 0;

    /// <summary>True if a copy of so many bytes would be kept.</summary>
    public bool WouldKeep(long bytes) => IsKeeping && bytes <= _bound.LargestCopy;

    /// <summary>Fills the destination from a copy. False if there is none, or it ends too early.</summary>
    public bool TryRead(CachedFile file, long offset, Memory<byte> destination)
    {
        try
        {
            return Exists(file) && TryRead(PathOf(file), offset, destination.Span) && Touch(file);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            // It vanished meanwhile, or the disk is bad.
            return false;
        }
    }

    /// <summary>A copy's size in bytes; null if there is none.</summary>
    public long? SizeOf(CachedFile file)
    {
        try
        {
            return Exists(file) ? new FileInfo(PathOf(file)).Length : null;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            return null;
        }
    }

    /// <summary>Keeps a copy, if it has room.</summary>
    public void Save(CachedFile file, ReadOnlySpan<byte> content)
    {
        if (!WouldKeep(content.Length) || SizeOf(file) == content.Length)
        {
            return;
        }

        string path = PathOf(file);
        try
        {
            CreateFolders(Path.GetDirectoryName(path)!);
            WriteIfMissing(Path.Combine(_options.Folder, TagName), Tag);
            WriteIfMissing(VersionPath, Version.ToString(CultureInfo.InvariantCulture));
            _bound.MakeRoom(content.Length);
            Write(path, content);
            Touch(file);
            _undeletable.TryRemove(file, out _);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            if (Interlocked.Exchange(ref _isOff, 1) == 0)
            {
                _options.Warn($"Nothing more is kept in the cache {_options.Folder}: {failure.Message}");
            }
        }
    }

    /// <summary>Drops a copy, if there is one. It is not read again, even where it cannot be removed.</summary>
    public void Drop(CachedFile file)
    {
        _used.TryRemove(file, out _);
        if (Exists(file) && !DeleteQuietly(PathOf(file)))
        {
            _undeletable[file] = true;
        }
    }

    /// <summary>The ids of the copies from one of the repository's folders.</summary>
    public HashSet<string> IdsIn(string folder)
    {
        string path = Path.Combine(_root, folder);
        try
        {
            return Directory.Exists(path) ? [.. EnumerateIds(path)] : [];
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            return [];
        }
    }

    private static FileSystemEnumerable<string> EnumerateIds(string path) => new(
        path,
        static (ref FileSystemEntry entry) => entry.FileName.ToString(),
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
            !entry.IsDirectory && ContentName.IsDigest(entry.FileName),
    };

    private static bool TryRead(string path, long offset, Span<byte> destination)
    {
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(file, destination, offset);
            if (count == 0)
            {
                return false;
            }

            offset += count;
            destination = destination[count..];
        }

        return true;
    }

    private static void WriteIfMissing(string path, string text)
    {
        if (!File.Exists(path))
        {
            Write(path, Encoding.UTF8.GetBytes(text));
        }
    }

    // Under another name first, so that nobody reads half of it.
    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + CachedFile.TemporaryMark
            + RandomNumberGenerator.GetHexString(TemporaryDigits, lowercase: true);
        try
        {
            WriteNew(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }

        using FileStream file = new(path, options);
        file.Write(content);
    }

    private static bool DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            return false;
        }
    }

    // One by one, because the mode is that of the last one alone.
    private void CreateFolders(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (path != _options.Folder)
        {
            CreateFolders(Path.GetDirectoryName(path)!);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnFolder);
        }
    }

    private bool Exists(CachedFile file) =>
        !_isLater && !_undeletable.ContainsKey(file) && File.Exists(PathOf(file));

    // Once a process and copy: what is used now is not the first to go.
    private bool Touch(CachedFile file)
    {
        if (_used.TryAdd(file, true))
        {
            try
            {
                File.SetLastWriteTimeUtc(PathOf(file), _options.Time.GetUtcNow().UtcDateTime);
            }
            catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
            {
                // It goes sooner than it might.
            }
        }

        return true;
    }

    private int? ReadVersion()
    {
        try
        {
            return File.Exists(VersionPath) && int.TryParse(File.ReadAllText(VersionPath), out int version)
                ? version
                : null;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            return null;
        }
    }

    private string PathOf(CachedFile file) => Path.Combine(_root, file.Folder, file.Id[..2], file.Id);
}
