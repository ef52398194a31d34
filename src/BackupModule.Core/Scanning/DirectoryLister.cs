using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Scanning;

/// <summary>
/// Reads directories beside the parent snapshot's trees, and decides what becomes of each entry. Says nothing to
/// anybody, so that directories can be read in any order; members may be called from many threads at once.
/// </summary>
internal sealed class DirectoryLister(
    ISourceFileSystem source, ExcludeRules rules, ChangeDetector changes, TreeStore trees)
{
    /// <summary>Reads a directory.</summary>
    /// <exception cref="OperationCanceledException">Stopped, within one entry.</exception>
    public async Task<DirectoryListing> ReadAsync(ScanPlace place, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceEntry> entries;
        try
        {
            entries = ReadEntries(place.Path, cancellationToken);
        }
        catch (BackupException failure)
        {
            return new DirectoryListing(failure);
        }

        (PreviousEntries previous, bool isLost, string? warning) = await ReadPreviousAsync(place, cancellationToken)
            .ConfigureAwait(false);
        DirectoryScan directory = place.Open(entries.Count, isLost);
        ListedEntry[] listed = new ListedEntry[entries.Count];
        for (int slot = 0; slot < listed.Length; slot++)
        {
            listed[slot] = Judge(entries[slot], slot, directory, place, ref previous);
        }

        return new DirectoryListing(directory, listed, warning);
    }

    /// <summary>Decides what becomes of an entry that no rule excludes.</summary>
    /// <param name="place">The entry.</param>
    /// <param name="failure">Why its metadata is incomplete, if it is.</param>
    /// <param name="previous">What the parent snapshot has there.</param>
    public ListedEntry Judge(ScanPlace place, BackupException? failure, TreeNode? previous)
    {
        TreeNode node = place.Node!;
        return node is { Type: NodeType.Directory, Subtree: null }
            ? new ListedEntry(node, failure, FileChange.New, new PendingDirectory(place))
            : JudgeFile(node, failure, previous);
    }

    /// <summary>Reads what the parent snapshot has at a place.</summary>
    /// <returns>The entries; true if they could not be read, there or further up, and then what to warn of.</returns>
    public async Task<(PreviousEntries Entries, bool IsLost, string? Warning)> ReadPreviousAsync(
        ScanPlace place, CancellationToken cancellationToken)
    {
        bool isLost = place.Parent?.IsPreviousLost ?? false;
        if (place.PreviousTree is not { } tree)
        {
            return (new PreviousEntries([]), isLost, null);
        }

        try
        {
            IReadOnlyList<TreeNode> entries = await trees.ReadAsync(tree, cancellationToken).ConfigureAwait(false);
            return (new PreviousEntries(entries), isLost, null);
        }
        catch (BackupException failure)
        {
            return (
                new PreviousEntries([]),
                true,
                $"The parent's directory {RawText.ToDisplay(place.Path)} is not readable, so its files are read again: "
                + failure.Message);
        }
    }

    private IReadOnlyList<SourceEntry> ReadEntries(string path, CancellationToken cancellationToken)
    {
        if (GeneratedFile.IsPlaceOf(path))
        {
            // Nobody chose these files, so no rule is about them.
            return source.ReadDirectory(path, static _ => true);
        }

        DirectoryMark mark = rules.ReadMark(path, source);
        return source.ReadDirectory(path, name =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return !(mark.IsMarked && mark.Excludes(name))
                && !(rules.HasPatterns && rules.ExcludesPath(ScanPlace.Join(path, name)));
        });
    }

    private ListedEntry Judge(
        SourceEntry entry, int slot, DirectoryScan directory, ScanPlace place, ref PreviousEntries previous)
    {
        if (entry.Node is not { } node
            || (!GeneratedFile.IsPlaceOf(place.Path) && rules.ExcludesNode(node, place.TargetDevice, place.Device)))
        {
            return new ListedEntry(null, entry.Failure, FileChange.New, null);
        }

        TreeNode? before = previous.Find(entry.Name);
        return node.Type == NodeType.Directory
            ? Judge(
                new ScanPlace(
                    directory,
                    slot,
                    node,
                    ScanPlace.Join(place.Path, entry.Name),
                    before?.Subtree,
                    place.TargetDevice,
                    node.DeviceId),
                entry.Failure,
                before)
            : JudgeFile(node, entry.Failure, before);
    }

    private ListedEntry JudgeFile(TreeNode node, BackupException? failure, TreeNode? previous)
    {
        if (node.Type != NodeType.File)
        {
            return new ListedEntry(node, failure, FileChange.New, null);
        }

        FileChange change = changes.Compare(node, previous);
        TreeNode known = change == FileChange.Unmodified ? node with { Content = previous!.Content } : node;
        return new ListedEntry(known, failure, change, null);
    }
}
