using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scanning.Patterns;

namespace BackupModule.Core.Recovery;

/// <summary>A database in a backup of a repository.</summary>
public sealed class DatabaseContent : IDatabaseContent
{
    private readonly Repository _repository;
    private readonly DatabaseBackup _backup;
    private readonly DatabaseHistory _history;
    private readonly TimeProvider _time;
    private readonly IBackupObserver _observer;
    private readonly ILookup<string, LogPiece> _pieces;
    private readonly LogStore? _store;

    private DatabaseContent(
        Repository repository,
        DatabaseBackup backup,
        DatabaseHistory history,
        IReadOnlyList<LogPiece> pieces,
        TimeProvider time,
        IBackupObserver observer)
    {
        _repository = repository;
        _backup = backup;
        _history = history;
        _time = time;
        _observer = observer;
        _pieces = pieces.ToLookup(static piece => piece.File, StringComparer.Ordinal);
        _store = Facts.SourceId is { } id ? history.PiecesOf(Facts.Name, id) : null;
        Logs = LogCoverageBuilder.Build(StoredLogs.SelectMany(static log => log.Facts.Files), pieces);
    }

    /// <inheritdoc/>
    public DatabaseFacts Facts => _backup.Facts;

    /// <inheritdoc/>
    public LogCoverage Logs { get; }

    private IReadOnlyList<StoredLog> StoredLogs =>
        Facts.SourceId is { } source ? _history.LogsOf(Facts.Name, source) : [];

    private string Folder => DatabasePaths.Of(Facts.Name);

    /// <summary>Looks up what there is of a database.</summary>
    public static async Task<DatabaseContent> OpenAsync(
        Repository repository,
        DatabaseBackup backup,
        DatabaseHistory history,
        TimeProvider time,
        IBackupObserver observer,
        CancellationToken cancellationToken) => new(
            repository,
            backup,
            history,
            backup.Facts.SourceId is { } source
                ? await history.ListPiecesAsync(backup.Facts.Name, source, cancellationToken).ConfigureAwait(false)
                : [],
            time,
            observer);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, long> files = new(StringComparer.Ordinal);
        TreeItem top = await FindAsync(Folder, cancellationToken).ConfigureAwait(false);
        await foreach (TreeItem item in new TreeWalker(_repository.Trees)
            .WalkAsync(
                top.Node!.Subtree!.Value, string.Empty, static _ => true, (_, failure) => _observer.OnItemFailed(failure), cancellationToken).ConfigureAwait(false))
        {
            if (item.Node is { Type: NodeType.File } file)
            {
                files[item.Path.TrimStart('/')] = (long)file.Size;
            }
        }

        return files;
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(string file, CancellationToken cancellationToken) => new BackupFileStream(
        _repository.Blobs, (await FindAsync($"{Folder}/{file}", cancellationToken).ConfigureAwait(false)).Node!);

    /// <inheritdoc/>
    public async Task ExtractAsync(string folder, string destination, CancellationToken cancellationToken)
    {
        string path = folder.Length == 0 ? Folder : $"{Folder}/{folder}";

        // A restore keeps paths; what it made is moved to where it is wanted, on the same disk.
        string staging = destination.TrimEnd('/') + ".restoring";
        RestoreResult result = await new RestoreRunner(_repository, _time, _observer).RunAsync(
            new RestoreOptions
            {
                Snapshot = _backup.Snapshot,
                Destination = staging,
                Selection = new PathSelection([PathPatternText.Escape(path)], []),
            },
            cancellationToken).ConfigureAwait(false);
        if (!result.IsComplete)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"Not all files of the database '{Facts.Name}' could be restored to '{staging}', so its server is not started.",
                "See the errors before this one; Test-Backup and Repair-BackupRepository -From help where the repository is damaged.")
            {
                Subject = Facts.Name,
            };
        }

        if (Directory.Exists(destination))
        {
            Directory.Delete(destination);
        }

        Directory.Move(Path.Join(staging, path), destination);
        Directory.Delete(staging, recursive: true);
    }

    /// <inheritdoc/>
    public async Task CopyLogAsync(string file, Stream destination, CancellationToken cancellationToken)
    {
        LogFile known = Logs.Find(file) ?? throw Missing(file);
        if (await TryCopyStoredAsync(known, destination, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        long start = destination.CanSeek ? destination.Position : 0;
        try
        {
            await LogPieces.CopyAsync(_store!, _pieces[file], destination, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException gone) when (gone.Kind == BackupErrorKind.StorageObjectNotFound && destination.CanSeek)
        {
            // The server's log goes on while its copy is restored: meanwhile the file left its pieces for a backup of the log.
            destination.SetLength(start);
            await _history.RefreshAsync(cancellationToken).ConfigureAwait(false);
            if (!await TryCopyStoredAsync(known, destination, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    private async Task<bool> TryCopyStoredAsync(LogFile known, Stream destination, CancellationToken cancellationToken)
    {
        StoredLog? log = StoredLogs.FirstOrDefault(log =>
            log.Facts.Files.Any(file => file.Name == known.Name && file.End >= known.End));
        if (log is null)
        {
            return false;
        }

        TreeItem item = await new TreeWalker(_repository.Trees)
            .FindAsync(log.Snapshot.Tree, $"{DatabasePaths.LogOf(Facts.Name)}/{known.Name}", cancellationToken).ConfigureAwait(false);
        using BackupFileStream content = new(_repository.Blobs, item.Node!);
        await content.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<TreeItem> FindAsync(string path, CancellationToken cancellationToken)
    {
        await _repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        return await new TreeWalker(_repository.Trees)
            .FindAsync(_backup.Snapshot.Tree, path, cancellationToken).ConfigureAwait(false);
    }

    private BackupException Missing(string file) => new(
        BackupErrorKind.ItemNotFound, $"The log file {file} of the database '{Facts.Name}' is not in the repository.")
    {
        Subject = file,
    };
}
