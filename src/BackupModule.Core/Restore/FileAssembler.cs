using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Security.Cryptography;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Writes the files of a restore, whose chunks arrive in any order. What was not there is written under its name. A file
/// that is there and differs stays whole until the new one, written beside it, takes its place in one step; only a file
/// with several names is changed in place, since they must go on naming one file.
/// </summary>
internal sealed class FileAssembler : IDisposable
{
    private const string IncompleteSuffix = ".incomplete";
    private const string ReplacementPrefix = ".restoring-";

    // Holes in what is smaller would save next to nothing.
    private const int LargestWrittenAtOnce = 64 * 1024;

    private readonly IRestoreTarget _target;
    private readonly ContentComparer _comparer;
    private readonly RestoreTally _tally;
    private readonly OpenFiles _open;
    private readonly ConcurrentDictionary<FileProgress, byte> _replacing = new();

    public FileAssembler(IRestoreTarget target, ContentComparer comparer, RestoreTally tally)
    {
        _target = target;
        _comparer = comparer;
        _tally = tally;
        _open = new OpenFiles(Open);
    }

    /// <summary>Writes one chunk to its place; a failure becomes the file's.</summary>
    public void Write(in ChunkUse use, ReadOnlyMemory<byte> chunk)
    {
        FileProgress file = use.File;
        if (file.IsUnwritable)
        {
            return;
        }

        try
        {
            if (chunk.Length == file.Length && chunk.Length <= LargestWrittenAtOnce
                && file.Item.IsNewFile && file.Failure is null)
            {
                WriteWhole(file, chunk.Span);
            }
            else
            {
                _open.Use(file, (use.FileOffset, chunk), IsInPlace(file.Item) ? WriteDense : WriteSparse);
            }

            _tally.AddBytes(chunk.Length);
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.StorageFull)
        {
            file.IsUnwritable = true;
            file.Fail(failure);
        }
    }

    /// <summary>All chunks of the file are dealt with: gives it its metadata and its name, or sets it aside.</summary>
    public void Finish(FileProgress file)
    {
        if (file.IsComplete)
        {
            return;
        }

        try
        {
            if (file.Failure is null)
            {
                Complete(file);
            }
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.StorageFull)
        {
            file.Fail(failure);
        }

        if (file.Failure is { } reason)
        {
            SetAside(file, reason);
        }

        _replacing.TryRemove(file, out _);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.Dispose();
        foreach (FileProgress file in _replacing.Keys)
        {
            TryDelete(file.WritePath!);
        }
    }

    private static bool IsInPlace(RestoreItem item) => item is { ChunksToWrite: not null, ReplacesFile: false };

    private static void WriteDense(IRestoreFile file, (long Offset, ReadOnlyMemory<byte> Chunk) write) =>
        file.Write(write.Offset, write.Chunk.Span);

    private static void WriteSparse(IRestoreFile file, (long Offset, ReadOnlyMemory<byte> Chunk) write) =>
        SparseWriter.Write(file, write.Offset, write.Chunk.Span);

    private static string ReplacementPath(string path) => string.Concat(
        path.AsSpan(0, RestorePath.NameStart(path)),
        ReplacementPrefix,
        RandomNumberGenerator.GetHexString(16, lowercase: true));

    private void WriteWhole(FileProgress file, ReadOnlySpan<byte> content)
    {
        _tally.Report(_target.WriteFile(file.Item.Path, file.Node, content));
        file.IsComplete = true;
    }

    private IRestoreFile Open(FileProgress file) =>
        file.WritePath is { } known ? _target.OpenFile(known) : OpenFirst(file);

    private IRestoreFile OpenFirst(FileProgress file)
    {
        RestoreItem item = file.Item;
        string path = item.ReplacesFile ? ReplacementPath(item.Path) : item.Path;
        IRestoreFile opened = IsInPlace(item) ? _target.OpenFile(path) : _target.CreateFile(path);
        try
        {
            file.WritePath = path;
            opened.SetLength(file.Length);
            if (item.ReplacesFile)
            {
                _replacing.TryAdd(file, 0);
                CopyKept(file, opened);
            }

            return opened;
        }
        catch (BackupException)
        {
            opened.Dispose();
            throw;
        }
    }

    private void CopyKept(FileProgress file, IRestoreFile copy)
    {
        if (file.Item.ChunksToWrite is { } differing)
        {
            using IRestoreFile existing = _target.OpenFile(file.Item.Path);
            _comparer.CopyEqual(existing, file.Node, differing.ToHashSet(), copy);
        }
    }

    private void Complete(FileProgress file)
    {
        if (file.Length == 0 && file.Item.IsNewFile)
        {
            WriteWhole(file, []);
            return;
        }

        IRestoreFile open = _open.Take(file);
        _tally.Report(open.Complete(file.Node));
        if (file.Item.ReplacesFile)
        {
            _target.Rename(file.WritePath!, file.Item.Path[RestorePath.NameStart(file.Item.Path)..]);
        }
    }

    // A file that lacks a part must not be taken for whole, but what there is of it may be worth something.
    private void SetAside(FileProgress file, BackupException failure)
    {
        RestoreItem item = file.Item;
        string name = item.Path[RestorePath.NameStart(item.Path)..] + IncompleteSuffix;
        bool isAside = file.WritePath is { } path && TrySetAside(file, path, name);
        _tally.FailFile(item.Path, new BackupException(
            failure.Kind,
            $"{RawText.ToDisplay(item.Path)} could not be restored whole: {failure.Message}"
            + (isAside ? $" What was readable is in '{RawText.ToDisplay(name)}' beside it." : string.Empty)
            + (item.ReplacesFile ? " The file that was there stays." : string.Empty),
            failure.Guidance,
            failure)
        {
            Subject = item.Path,
        });
    }

    private bool TrySetAside(FileProgress file, string path, string newName)
    {
        try
        {
            _open.Close(file);
            _target.Rename(path, newName);
            return true;
        }
        catch (BackupException)
        {
            if (file.Item.ReplacesFile)
            {
                TryDelete(path);
            }

            return false;
        }
    }

    private void TryDelete(string path)
    {
        try
        {
            _target.Delete(path);
        }
        catch (BackupException)
        {
            // The failure that led here is the one to report.
        }
    }
}
