using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Walks depth first, in byte order, over directories that are read ahead, and hands what it comes to to the visitor:
/// one thing at a time, in the same order in every run.
/// </summary>
internal sealed class DirectoryWalk(ReadAhead readAhead, IBackupObserver observer, IScanVisitor visitor)
{
    /// <summary>Hands on an entry of a directory, and all that is below it.</summary>
    public ValueTask HandOnAsync(
        DirectoryScan directory, int slot, in ListedEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Directory is { } inner)
        {
            return new ValueTask(WalkAsync(inner, cancellationToken));
        }

        return HandOnEntryAsync(directory, slot, entry, cancellationToken);
    }

    /// <summary>Walks a directory and all that is below it.</summary>
    /// <exception cref="BackupException">It is the snapshot's root and cannot be read.</exception>
    public async Task WalkAsync(PendingDirectory top, CancellationToken cancellationToken)
    {
        Stack<DirectoryListing> open = new();
        for (PendingDirectory? next = top; next is not null || open.Count > 0;)
        {
            if (next is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await EnterAsync(next, open, cancellationToken).ConfigureAwait(false);
                next = null;
            }
            else if (open.Peek().TryTake(out ListedEntry entry, out int slot))
            {
                if (entry.Failure is not null)
                {
                    observer.OnItemFailed(entry.Failure);
                }

                next = entry.Directory;
                if (next is null)
                {
                    await HandOnEntryAsync(open.Peek().Directory!, slot, entry, cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                await LeaveAsync(open.Pop().Directory!, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Answers a place with a node that is no file, or leaves it out.</summary>
    public ValueTask AnswerAsync(
        DirectoryScan directory, int slot, TreeNode? node, CancellationToken cancellationToken) =>
        directory.Complete(slot, node)
            ? visitor.OnDirectoryCompleteAsync(directory, cancellationToken)
            : ValueTask.CompletedTask;

    /// <summary>Says that the walk has handed on all entries of a directory.</summary>
    public ValueTask LeaveAsync(DirectoryScan directory, CancellationToken cancellationToken) =>
        directory.Leave() ? visitor.OnDirectoryCompleteAsync(directory, cancellationToken) : ValueTask.CompletedTask;

    private async ValueTask EnterAsync(
        PendingDirectory next, Stack<DirectoryListing> open, CancellationToken cancellationToken)
    {
        DirectoryListing listing = await readAhead.TakeAsync(next).ConfigureAwait(false);
        if (listing.Failure is { } failure)
        {
            observer.OnItemFailed(failure);
            if (next.Place.Parent is not { } parent)
            {
                throw failure;
            }

            // A directory whose entries are unknown must not look empty in the backup.
            await AnswerAsync(parent, next.Place.Slot, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (listing.Warning is not null)
        {
            observer.OnWarning(listing.Warning);
        }

        open.Push(listing);
    }

    private ValueTask HandOnEntryAsync(
        DirectoryScan directory, int slot, in ListedEntry entry, CancellationToken cancellationToken)
    {
        switch (entry.Node)
        {
            case { Type: NodeType.File } file:
                string path = ScanPlace.Join(directory.Path, file.Name);
                return visitor.OnFileAsync(
                    new ScannedFile(directory, slot, path, file, entry.Change), cancellationToken);
            case { Type: NodeType.Socket or NodeType.Irregular } other:
                observer.OnDecision(
                    $"Left out {RawText.ToDisplay(ScanPlace.Join(directory.Path, other.Name))}: it is a {other.Type}.");
                return AnswerAsync(directory, slot, null, cancellationToken);
            default:
                return AnswerAsync(directory, slot, entry.Node, cancellationToken);
        }
    }
}
