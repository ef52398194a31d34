using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Backup;

/// <summary>Works out what a backup will do, without changing anything.</summary>
public sealed class BackupPlanner
{
    private readonly Repository _repository;
    private readonly ISourceFileSystem _source;
    private readonly IBackupObserver _observer;

    /// <summary>A planner for the open repository.</summary>
    public BackupPlanner(Repository repository, ISourceFileSystem source, IBackupObserver observer)
    {
        _repository = repository;
        _source = source;
        _observer = observer;
    }

    /// <summary>Checks the paths, chooses the parent, and loads the index.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, <c>SourceNotFound</c> where no path exists,
    /// <c>BackupNotFound</c> for a parent that is not there, <c>IndexDamaged</c>.</exception>
    public async Task<BackupPlan> PlanAsync(
        BackupOptions options, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (options.Paths.Count == 0 && options.Generated.Count == 0)
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, "No path to back up was given.", "Name files or folders.");
        }

        if (options.Tags.FirstOrDefault(static tag => tag.Length == 0 || tag.Contains(',', StringComparison.Ordinal))
            is { } tag)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{tag}' is not a tag: tags are not empty and contain no comma.",
                "Commas separate tags in restic; give several tags instead.");
        }

        ExcludeRules rules = new(options.Exclude);
        if (options.Generated.Count == 0)
        {
            RefuseIfNothingExists(options.Paths);
        }

        // Snapshots before the index: then every blob they name is in the index that is loaded after.
        Snapshot? parent = await FindParentAsync(options, time, cancellationToken).ConfigureAwait(false);
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        _observer.OnDecision(parent is null
            ? "No parent backup: every file is read."
            : $"The parent is {parent.Id.ShortText} of {parent.Time.ToDateTimeOffset():u}.");
        return new BackupPlan(options, TargetTree.Build(options.Paths, options.Generated.Count > 0 || options.Streams.Count > 0), rules, parent);
    }

    /// <summary>Walks the targets of a plan and counts what a backup would read.</summary>
    public async Task<BackupPreview> PreviewAsync(BackupPlan plan, CancellationToken cancellationToken)
    {
        // What tells of streamed folders is not known before they have been streamed.
        GeneratedFile[] known = [.. plan.Options.Generated.Where(static file => !file.IsLate)];
        PreviewVisitor visitor = new();
        Scanner scanner = new(
            GeneratedSource.Over(_source, known, streamed: [], default),
            plan.Rules,
            new ChangeDetector(_repository.Index.Blobs, plan.Options.ReadEverything),
            _repository.Trees,
            _observer,
            visitor);
        TargetTree targets = TargetTree.Build(plan.Options.Paths, known.Length > 0);
        await scanner.ScanAsync(targets, plan.Parent?.Tree, cancellationToken).ConfigureAwait(false);
        return visitor.Result;
    }

    private void RefuseIfNothingExists(IReadOnlyList<string> paths)
    {
        BackupException? first = null;
        foreach (string path in paths)
        {
            try
            {
                _source.ReadNode(path);
                return;
            }
            catch (BackupException failure)
            {
                first ??= failure;
            }
        }

        throw first!;
    }

    // As restic, where no tag is given: same host, and the snapshot's paths contain all of ours; the latest that is not in
    // the future.
    private async Task<Snapshot?> FindParentAsync(
        BackupOptions options, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (options.ParentId is { } id)
        {
            return await _repository.Snapshots.FindAsync(id, cancellationToken).ConfigureAwait(false);
        }

        FileTimestamp now = FileTimestamp.FromDateTimeOffset(time);
        IReadOnlyList<Snapshot> all = await _repository.Snapshots
            .ListAsync(_observer.OnItemFailed, cancellationToken).ConfigureAwait(false);
        Snapshot[] before = [.. all.Where(snapshot =>
            snapshot.HostName == options.HostName && snapshot.Time.CompareMoment(now) <= 0
            && (options.NeverParentTag is not { } never || snapshot.Tags?.Contains(never, StringComparer.Ordinal) != true))];
        return (options.ParentTag is { } tag
                ? before.LastOrDefault(snapshot => snapshot.Tags?.Contains(tag, StringComparer.Ordinal) == true)
                : null)
            ?? before.LastOrDefault(snapshot =>
                options.Paths.Count > 0 && options.Paths.All(path => snapshot.Paths.Contains(path, StringComparer.Ordinal)));
    }

    private sealed class PreviewVisitor : IScanVisitor
    {
        public BackupPreview Result { get; private set; } = new();

        public ValueTask OnFileAsync(ScannedFile file, CancellationToken cancellationToken)
        {
            long size = (long)file.Node.Size;
            Result = Result with
            {
                FilesNew = Result.FilesNew + (file.Change == FileChange.New ? 1 : 0),
                FilesChanged = Result.FilesChanged + (file.Change == FileChange.Changed ? 1 : 0),
                FilesUnmodified = Result.FilesUnmodified + (file.Change == FileChange.Unmodified ? 1 : 0),
                TotalBytes = Result.TotalBytes + size,
                BytesToRead = Result.BytesToRead + (file.Change == FileChange.Unmodified ? 0 : size),
            };
            return file.Directory.Complete(file.Slot, null)
                ? OnDirectoryCompleteAsync(file.Directory, cancellationToken)
                : ValueTask.CompletedTask;
        }

        public ValueTask OnDirectoryCompleteAsync(DirectoryScan directory, CancellationToken cancellationToken)
        {
            for (DirectoryScan? done = directory; done is not null;)
            {
                Result = Result with { Directories = Result.Directories + (done.Node is null ? 0 : 1) };
                done = done.Parent is { } parent && parent.Complete(done.Slot, null) ? parent : null;
            }

            return ValueTask.CompletedTask;
        }
    }
}
