using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>
/// Objects as files below a folder, with restic's modes: folders 0700, files 0400 once they are complete; opened to
/// the group (0770, 0440) where the repository's <c>config</c> is readable by it.
/// </summary>
/// <remarks>A file is written under a temporary name in its final folder, flushed to disk, and renamed; then the folder
/// is flushed. So a key never names a half-written file, not even after a power cut.</remarks>
public sealed class LocalObjectStore : IObjectStore, IStoreFeatures, IStoreUpkeep
{
    private const string TemporaryMark = "-tmp-";
    private const int TemporaryDigits = 10;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly Lazy<bool> _isGroupReadable;
    private readonly int _keyStart;

    /// <summary>A store below the folder, which need not exist yet.</summary>
    public LocalObjectStore(string directory)
    {
        Location = Path.GetFullPath(directory);
        _keyStart = Path.EndsInDirectorySeparator(Location) ? Location.Length : Location.Length + 1;
        _isGroupReadable = new Lazy<bool>(IsConfigGroupReadable);
    }

    /// <inheritdoc/>
    public string Location { get; }

    private UnixFileMode DirectoryMode =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | (_isGroupReadable.Value
            ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            : UnixFileMode.None);

    private UnixFileMode FileMode =>
        UnixFileMode.UserRead | (_isGroupReadable.Value ? UnixFileMode.GroupRead : UnixFileMode.None);

    /// <inheritdoc/>
    public IStoreUpkeep Upkeep => this;

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
    {
        try
        {
            CreateDirectory(Location);
            HashSet<string> parents = [];
            foreach (string path in folders.Select(PathOf).Where(static path => !Directory.Exists(path)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                CreateUnflushed(path);
                parents.Add(Path.GetDirectoryName(path)!);
            }

            // Once a parent, not once a folder: there are 256 folders for packs.
            foreach (string parent in parents)
            {
                DirectorySync.Flush(parent);
            }

            return Task.CompletedTask;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException
            || (failure is IOException && File.Exists(Location)))
        {
            throw new BackupException(
                BackupErrorKind.StorageFailure,
                $"{Location} cannot be made a folder: {failure.Message}",
                "Choose a location that is a folder, or can become one.",
                failure)
            {
                Subject = Location,
            };
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "create folders in", Location);
        }
    }

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Write(key, content.Span, mayReplace: true, cancellationToken);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Task.FromResult(Write(key, content.Span, mayReplace: false, cancellationToken));

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathOf(key);
        try
        {
            // Exists would answer false for whatever goes wrong, and a file on a failing disk would pass for missing.
            // A missing file's attributes are -1, which has the directory's bit too.
            FileInfo file = new(path);
            return Task.FromResult(
                (file.Attributes & FileAttributes.Directory) == 0 ? file.Length : (long?)null);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "look at", path);
        }
    }

    /// <inheritdoc/>
    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathOf(key);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            int done = DirectReader.Read(file, offset, destination.Span);
            offset += done;
            Span<byte> rest = destination.Span[done..];
            while (!rest.IsEmpty)
            {
                int count = RandomAccess.Read(file, rest, offset);
                if (count == 0)
                {
                    throw new BackupException(
                        BackupErrorKind.StorageFailure,
                        $"{path} is too short: {rest.Length} more bytes were expected at offset {offset}.",
                        "The file is truncated. Test-BackupRepository shows what it affects; Repair-BackupRepository "
                        + "salvages what is readable.")
                    {
                        Subject = key,
                    };
                }

                offset += count;
                rest = rest[count..];
            }

            return Task.CompletedTask;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "read", path);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        DirectoryInfo root = new(PathOf(prefix));
        using IEnumerator<FileInfo> files = EnumerateFiles(root);
        while (MoveNext(files, root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!files.Current.Name.Contains(TemporaryMark, StringComparison.Ordinal)
                && SizeOf(files.Current) is { } size)
            {
                yield return new StoredObject(KeyOf(files.Current.FullName), size);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathOf(key);
        try
        {
            ClearReadOnly(path);
            File.Delete(path);
            return Task.CompletedTask;
        }
        catch (DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "delete", path);
        }
    }

    /// <inheritdoc/>
    public Task<int> RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        // Links are not followed: what they lead to is not ours.
        EnumerationOptions everyFolder = new()
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        int removed = 0;
        try
        {
            foreach (FileInfo file in new DirectoryInfo(Location).EnumerateFiles("*" + TemporaryMark + "*", everyFolder)
                .Where(file => IsTemporary(file.Name) && file.LastWriteTimeUtc < before.UtcDateTime))
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Delete();
                removed++;
            }

            return Task.FromResult(removed);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "remove unfinished files from", Location);
        }
    }

    /// <inheritdoc/>
    public Task RemoveFolderAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            for (string path = PathOf(folder); path.Length > Location.Length; path = Path.GetDirectoryName(path)!)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Directory.Exists(path))
                {
                    if (Directory.EnumerateFileSystemEntries(path).Any())
                    {
                        break;
                    }

                    Directory.Delete(path);
                }
            }

            return Task.CompletedTask;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "remove a folder of", Location);
        }
    }

    // False where the key is taken and may not be replaced.
    private bool Write(string key, ReadOnlySpan<byte> content, bool mayReplace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathOf(key);
        string temporary = path + TemporaryMark + RandomNumberGenerator.GetHexString(TemporaryDigits, lowercase: true);
        try
        {
            WriteDurably(temporary, content);
            cancellationToken.ThrowIfCancellationRequested();
            if (mayReplace)
            {
                ClearReadOnly(path);
                File.Move(temporary, path, overwrite: true);
            }
            else if (!ExclusiveMove.TryMove(temporary, path))
            {
                DeleteQuietly(temporary);
                return false;
            }

            DirectorySync.Flush(Path.GetDirectoryName(path)!);
            MakeReadOnly(path);
            return true;
        }
        catch (Exception failure)
        {
            DeleteQuietly(temporary);
            if (LocalStoreErrors.IsFileSystemFailure(failure))
            {
                throw LocalStoreErrors.Translate(failure, "write", path);
            }

            throw;
        }
    }

    private static bool IsTemporary(string name)
    {
        int mark = name.LastIndexOf(TemporaryMark, StringComparison.Ordinal);
        return mark > 0
            && name.Length - mark - TemporaryMark.Length == TemporaryDigits
            && name.AsSpan(mark + TemporaryMark.Length).IndexOfAnyExcept(s_hexDigits) < 0;
    }

    private static IEnumerator<FileInfo> EnumerateFiles(DirectoryInfo root)
    {
        try
        {
            return root.EnumerateFiles("*", SearchOption.AllDirectories).GetEnumerator();
        }
        catch (DirectoryNotFoundException)
        {
            return Enumerable.Empty<FileInfo>().GetEnumerator();
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "list", root.FullName);
        }
    }

    // Null for a file that was deleted since its name was read.
    private static long? SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "look at", file.FullName);
        }
    }

    private static bool MoveNext(IEnumerator<FileInfo> files, DirectoryInfo root)
    {
        try
        {
            return files.MoveNext();
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw LocalStoreErrors.Translate(failure, "list", root.FullName);
        }
    }

    private static void ClearReadOnly(string path)
    {
        // Only Windows refuses to replace or delete a read-only file.
        if (OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetAttributes(path, FileAttributes.Normal);
        }
    }

    private void MakeReadOnly(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, FileMode);
            }
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            // Some mounts know no modes. The file is stored all the same.
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            // What is left has a temporary name, which no listing shows.
        }
    }

    private void WriteDurably(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            WriteNew(path, content);
        }
        catch (Exception missing) when (missing is DirectoryNotFoundException or FileNotFoundException
            && Directory.Exists(Location))
        {
            // A file that is not found when it is created: somebody else has made its folder just now.
            CreateDirectory(Path.GetDirectoryName(path)!);
            WriteNew(path, content);
        }
    }

    private void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new()
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
        int written = DirectWriter.Write(file.SafeFileHandle, content);
        RandomAccess.Write(file.SafeFileHandle, content[written..], written);
        file.Flush(flushToDisk: true);
        if (file.Length != content.Length)
        {
            throw new IOException($"{path} has {file.Length} bytes after {content.Length} were written.");
        }
    }

    private void CreateDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            CreateUnflushed(path);
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        }
    }

    private void CreateUnflushed(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, DirectoryMode);
        }
    }

    private bool IsConfigGroupReadable()
    {
        string config = PathOf("config");
        return !OperatingSystem.IsWindows()
            && File.Exists(config)
            && File.GetUnixFileMode(config).HasFlag(UnixFileMode.GroupRead);
    }

    private string PathOf(string key) =>
        key.Length == 0 ? Location : Path.Join(Location, key.Replace('/', Path.DirectorySeparatorChar));

    private string KeyOf(string path) => path[_keyStart..].Replace(Path.DirectorySeparatorChar, '/');
}
