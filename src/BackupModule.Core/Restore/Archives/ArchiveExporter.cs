using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using ZstdSharp;

namespace BackupModule.Core.Restore.Archives;

/// <summary>Writes a backup, or a part of it, into an archive file that needs no backup tool to be read.</summary>
public sealed class ArchiveExporter
{
    private const string PartialSuffix = ".partial";

    private readonly Repository _repository;
    private readonly TimeProvider _time;
    private readonly FailureCounter _observer;
    private long _items;
    private long _bytes;

    /// <summary>An exporter for one run.</summary>
    public ArchiveExporter(Repository repository, TimeProvider time, IBackupObserver observer)
    {
        _repository = repository;
        _time = time;
        _observer = new FailureCounter(observer);
    }

    /// <summary>Exports. The archive gets its name when it is whole.</summary>
    /// <exception cref="BackupException"><c>RepositoryLocked</c>, <c>ItemNotFound</c> where nothing is selected,
    /// <c>ChunkDamaged</c> or <c>ChunkMissing</c>, <c>RestoreTargetUnwritable</c>.</exception>
    public Task<ExportResult> RunAsync(
        Snapshot snapshot,
        PathSelection selection,
        string path,
        ArchiveFormat format,
        TimeSpan lockWait,
        CancellationToken cancellationToken) => RepositoryLock.RunAsync(
            _repository,
            new LockOptions(IsExclusive: false, lockWait) { MayGoWithout = true },
            _time,
            _observer,
            token => RunLockedAsync(snapshot, selection, path, format, token),
            cancellationToken);

    private async Task<ExportResult> RunLockedAsync(
        Snapshot snapshot, PathSelection selection, string path, ArchiveFormat format, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        string partial = path + PartialSuffix;
        try
        {
            IArchiveWriter writer = Create(partial, format);
            await using (writer.ConfigureAwait(false))
            {
                await WriteAsync(writer, snapshot, selection, cancellationToken).ConfigureAwait(false);
            }

            if (_items == 0)
            {
                throw new BackupException(
                    BackupErrorKind.ItemNotFound,
                    "The patterns select nothing in the backup.",
                    "Get-BackupItem -Recurse lists what is in it.");
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception failure)
        {
            File.Delete(partial);
            if (failure is IOException or UnauthorizedAccessException)
            {
                throw new BackupException(
                    BackupErrorKind.RestoreTargetUnwritable,
                    $"Cannot write {path}: {failure.Message}",
                    "Check the folder, its rights and the free space.",
                    failure)
                {
                    Subject = path,
                };
            }

            throw;
        }

        return new ExportResult(
            path, _items, _bytes, new FileInfo(path).Length, _observer.Count, _time.GetElapsedTime(started));
    }

    private static IArchiveWriter Create(string path, ArchiveFormat format)
    {
        FileStream file = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        return format switch
        {
            ArchiveFormat.Tar => new TarArchiveWriter(file),
            ArchiveFormat.TarGzip => new TarArchiveWriter(new GZipStream(file, CompressionLevel.Optimal)),
            ArchiveFormat.TarZstd => new TarArchiveWriter(new CompressionStream(file, leaveOpen: false)),
            _ => new ZipArchiveWriter(file),
        };
    }

    private async Task WriteAsync(
        IArchiveWriter writer, Snapshot snapshot, PathSelection selection, CancellationToken cancellationToken)
    {
        Dictionary<(ulong, ulong), string> links = [];
        await foreach (TreeItem item in new TreeWalker(_repository.Trees).WalkAsync(
            snapshot.Tree,
            string.Empty,
            directory => selection.Selects(directory.Path) || selection.MayContainSelected(directory.Path),
            (_, failure) => _observer.OnItemFailed(failure),
            cancellationToken).ConfigureAwait(false))
        {
            if (item.Node.Name is "" or "." or ".." || item.Node.Name.Contains('/', StringComparison.Ordinal))
            {
                _observer.OnItemFailed(new BackupException(
                    BackupErrorKind.UnsafePath, $"The name '{RawText.ToDisplay(item.Node.Name)}' is not exported."));
            }
            else if (selection.Selects(item.Path))
            {
                await AddAsync(writer, item, links, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AddAsync(
        IArchiveWriter writer, TreeItem item, Dictionary<(ulong, ulong), string> links, CancellationToken cancellationToken)
    {
        TreeNode node = item.Node;
        string path = item.Path[1..];
        string? linkTo = node is { Links: > 1, Inode: > 0 } && !links.TryAdd((node.Inode, node.DeviceId), path)
            ? links[(node.Inode, node.DeviceId)]
            : null;
        using Stream? content = node.Type == NodeType.File ? new BackupFileStream(_repository.Blobs, node) : null;
        string? lost = await writer.AddAsync(path, node, content, linkTo, cancellationToken).ConfigureAwait(false);
        if (lost is not null)
        {
            _observer.OnItemFailed(new BackupException(
                BackupErrorKind.MetadataIncomplete, $"{RawText.ToDisplay(item.Path)} is not exported whole: {lost}.")
            {
                Subject = item.Path,
            });
        }

        _items++;
        _bytes += linkTo is null ? content?.Length ?? 0 : 0;
        _observer.OnProgress(new OperationProgress("Exporting", item.Path, _items, null, _bytes, null, "items"));
    }
}
