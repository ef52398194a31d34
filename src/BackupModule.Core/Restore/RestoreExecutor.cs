using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Blobs;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>
/// Carries out a restore plan: make room, create directories and empty files, fill the files in the order of the packs,
/// then links and special files, and last the metadata of directories, deepest first.
/// </summary>
internal sealed class RestoreExecutor
{
    private const int PacksAtOnce = 2;
    private const string IncompleteSuffix = ".incomplete";

    private readonly Repository _repository;
    private readonly RestorePlan _plan;
    private readonly IRestoreTarget _target;
    private readonly IBackupObserver _observer;
    private readonly long _bytesTotal;
    private long _failures;
    private long _bytesWritten;
    private long _filesDone;

    public RestoreExecutor(Repository repository, RestorePlan plan, IRestoreTarget target, IBackupObserver observer)
    {
        _repository = repository;
        _plan = plan;
        _target = target;
        _observer = observer;
        _bytesTotal = plan.BytesToWrite;
    }

    public long Failures => Interlocked.Read(ref _failures);

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        MakeRoomAndDirectories(cancellationToken);
        await RestoreFilesAsync(cancellationToken).ConfigureAwait(false);
        RestoreOthers(cancellationToken);
        RestoreDirectoryMetadata(cancellationToken);
        if (_plan.Options.Verify)
        {
            VerifyFiles(cancellationToken);
        }
    }

    private static IReadOnlyList<int> ChunksToWrite(RestoreItem item) =>
        item.ChunksToWrite ?? [.. Enumerable.Range(0, item.Node!.Content!.Count)];

    private void MakeRoomAndDirectories(CancellationToken cancellationToken)
    {
        foreach (RestoreItem item in _plan.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try(item, () =>
            {
                if (item.Action == RestoreAction.Delete || item.ReplacesOther)
                {
                    _target.Delete(item.Path);
                }

                if (item is { Node.Type: NodeType.Directory, Action: RestoreAction.Create or RestoreAction.Change })
                {
                    _target.CreateDirectory(item.Path);
                }
            });
        }
    }

    private async Task RestoreFilesAsync(CancellationToken cancellationToken)
    {
        using OpenFiles open = new(_target);
        Dictionary<ObjectId, Dictionary<PackEntry, List<ChunkUse>>> byPack = [];
        foreach (RestoreItem item in _plan.Items.Where(static item =>
            item is { Node.Type: NodeType.File, LinkTo: null } && item.Action != RestoreAction.Skip))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try(item, () => PrepareFile(item, byPack));
        }

        await Parallel.ForEachAsync(
            byPack,
            new ParallelOptions { MaxDegreeOfParallelism = PacksAtOnce, CancellationToken = cancellationToken },
            async (pack, token) => await _repository.Blobs.ReadPackAsync(
                pack.Key,
                [.. pack.Value.Keys],
                (entry, plaintext, failure) => WriteChunkAsync(open, entry, pack.Value[entry], plaintext, failure, token),
                token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private void PrepareFile(RestoreItem item, Dictionary<ObjectId, Dictionary<PackEntry, List<ChunkUse>>> byPack)
    {
        IReadOnlyList<int> wanted = ChunksToWrite(item);
        FileProgress progress = new(item, wanted.Count + 1);
        if (item.Action != RestoreAction.Keep)
        {
            long size = PlaceChunks(item, wanted, progress, byPack);
            try
            {
                using IRestoreFile file = progress.IsNew ? _target.CreateFile(item.Path) : _target.OpenFile(item.Path);
                file.SetLength(size);
            }
            catch (BackupException failure)
            {
                // What stands at the path then is not ours: no chunk may be written into it.
                progress.Fail(failure);
                throw;
            }
        }
        else
        {
            foreach (int _ in wanted)
            {
                progress.CloseOne();
            }
        }

        // The place held for the preparation itself; a file without chunks to write is finished here.
        if (progress.CloseOne())
        {
            FinishFile(progress);
        }
    }

    private long PlaceChunks(
        RestoreItem item,
        IReadOnlyList<int> wanted,
        FileProgress progress,
        Dictionary<ObjectId, Dictionary<PackEntry, List<ChunkUse>>> byPack)
    {
        HashSet<int> toWrite = [.. wanted];
        long offset = 0;
        for (int i = 0; i < item.Node!.Content!.Count; i++)
        {
            BlobKey key = new(BlobType.Data, item.Node.Content[i]);
            if (!_repository.Index.Blobs.TryFind(key, out BlobLocation location))
            {
                progress.Fail(BlobReader.Missing(key));
                if (toWrite.Contains(i))
                {
                    progress.CloseOne();
                }

                continue;
            }

            if (toWrite.Contains(i))
            {
                AddUse(byPack, location, new ChunkUse(progress, offset));
            }

            offset += location.Entry.PlainLength;
        }

        return offset;
    }

    private static void AddUse(
        Dictionary<ObjectId, Dictionary<PackEntry, List<ChunkUse>>> byPack, BlobLocation location, ChunkUse use)
    {
        if (!byPack.TryGetValue(location.PackId, out Dictionary<PackEntry, List<ChunkUse>>? entries))
        {
            byPack[location.PackId] = entries = [];
        }

        if (!entries.TryGetValue(location.Entry, out List<ChunkUse>? uses))
        {
            entries[location.Entry] = uses = [];
        }

        uses.Add(use);
    }

    private async ValueTask WriteChunkAsync(
        OpenFiles open,
        PackEntry entry,
        List<ChunkUse> uses,
        byte[]? plaintext,
        BackupException? failure,
        CancellationToken cancellationToken)
    {
        if (plaintext is null)
        {
            // Another pack may hold the same blob.
            (plaintext, failure) = await TryOtherCopiesAsync(entry.Key, failure!, cancellationToken)
                .ConfigureAwait(false);
        }

        foreach (ChunkUse use in uses)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (plaintext is null)
            {
                use.File.Fail(failure!);
            }
            else
            {
                WriteChunk(open, use, plaintext);
            }

            if (use.File.CloseOne())
            {
                open.Close(use.File.Item.Path);
                FinishFile(use.File);
            }
        }
    }

    private async Task<(byte[]? Plaintext, BackupException? Failure)> TryOtherCopiesAsync(
        BlobKey key, BackupException failure, CancellationToken cancellationToken)
    {
        if (_repository.Index.Blobs.FindAll(key).Count < 2)
        {
            return (null, failure);
        }

        try
        {
            return (await _repository.Blobs.ReadAsync(key, cancellationToken).ConfigureAwait(false), null);
        }
        catch (BackupException)
        {
            return (null, failure);
        }
    }

    private void WriteChunk(OpenFiles open, ChunkUse use, byte[] plaintext)
    {
        if (use.File.Failure is not null)
        {
            return;
        }

        try
        {
            open.Use(use.File.Item.Path, file =>
            {
                if (use.File.IsNew)
                {
                    SparseWriter.Write(file, use.Offset, plaintext);
                }
                else
                {
                    file.Write(use.Offset, plaintext);
                }
            });
            _observer.OnProgress(new OperationProgress(
                "Restoring",
                use.File.Item.Path,
                Interlocked.Read(ref _filesDone),
                null,
                Interlocked.Add(ref _bytesWritten, plaintext.Length),
                _bytesTotal));
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.StorageFull)
        {
            use.File.Fail(failure);
        }
    }

    private void FinishFile(FileProgress progress)
    {
        Interlocked.Increment(ref _filesDone);
        if (progress.Failure is { } failure)
        {
            SetAside(progress.Item, failure);
            return;
        }

        if (_target.ApplyMetadata(progress.Item.Path, progress.Node) is { } incomplete)
        {
            Report(incomplete);
        }
    }

    // A file that lacks a part must not be taken for whole, but what there is of it may be worth something.
    private void SetAside(RestoreItem item, BackupException failure)
    {
        string name = item.Path[(item.Path.LastIndexOf('/') + 1)..] + IncompleteSuffix;
        bool isAside = TrySetAside(item.Path, name);
        Report(new BackupException(
            failure.Kind,
            $"{RawText.ToDisplay(item.Path)} could not be restored whole: {failure.Message}"
            + (isAside ? $" What was readable is in '{RawText.ToDisplay(name)}' beside it." : string.Empty),
            failure.Guidance,
            failure)
        {
            Subject = item.Path,
        });
    }

    private bool TrySetAside(string path, string newName)
    {
        try
        {
            _target.Rename(path, newName);
            return true;
        }
        catch (BackupException)
        {
            return false;
        }
    }

    private void RestoreOthers(CancellationToken cancellationToken)
    {
        foreach (RestoreItem item in _plan.Items.Where(static item =>
            item.Node is not null && item.Action != RestoreAction.Skip && item.Node.Type != NodeType.Directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isMissing = item.Action is RestoreAction.Create or RestoreAction.Change;
            if (item.LinkTo is not null)
            {
                if (isMissing)
                {
                    Try(item, () => _target.CreateHardLink(item.Path, item.LinkTo));
                }
            }
            else if (item.Node!.Type != NodeType.File)
            {
                Try(item, () =>
                {
                    if (isMissing)
                    {
                        _target.CreateSpecial(item.Path, item.Node);
                    }

                    ApplyMetadata(item);
                });
            }
        }
    }

    private void RestoreDirectoryMetadata(CancellationToken cancellationToken)
    {
        for (int i = _plan.Items.Count - 1; i >= 0; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RestoreItem item = _plan.Items[i];
            if (item is { Node.Type: NodeType.Directory, SetsMetadata: true } && item.Action != RestoreAction.Skip)
            {
                Try(item, () => ApplyMetadata(item));
            }
        }
    }

    private void VerifyFiles(CancellationToken cancellationToken)
    {
        ContentComparer comparer = new(_repository.Blobs);
        foreach (RestoreItem item in _plan.Items.Where(static item =>
            item.Node?.Type == NodeType.File && item.Action != RestoreAction.Skip))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try(item, () =>
            {
                using IRestoreFile file = _target.OpenFile(item.Path);
                if (comparer.FindDifferences(file, item.Node!).Count > 0 || file.Length != SizeOf(item.Node!))
                {
                    throw new BackupException(
                        BackupErrorKind.VerificationFailed,
                        $"{RawText.ToDisplay(item.Path)} differs from the backup after it was restored.",
                        "Check the disk, and that nothing else writes there; then run the restore again.")
                    {
                        Subject = item.Path,
                    };
                }
            });
        }
    }

    private long SizeOf(TreeNode node) =>
        node.Content!.Sum(id => _repository.Blobs.LengthOf(new BlobKey(BlobType.Data, id)));

    private void ApplyMetadata(RestoreItem item)
    {
        if (_target.ApplyMetadata(item.Path, item.Node!) is { } incomplete)
        {
            Report(incomplete);
        }
    }

    private void Try(RestoreItem item, Action action)
    {
        try
        {
            action();
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.StorageFull)
        {
            Report(failure.Subject is null
                ? new BackupException(failure.Kind, failure.Message, failure.Guidance, failure) { Subject = item.Path }
                : failure);
        }
    }

    private void Report(BackupException failure)
    {
        Interlocked.Increment(ref _failures);
        _observer.OnItemFailed(failure);
    }
}
