using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Databases.Logs;

/// <summary>
/// The pieces of a database's log in a repository: what was streamed since the last backup of the log took the files that are
/// complete. Each is an object of its own, compressed and sealed as index files are, in a folder below <c>backupmodule/</c>,
/// which restic passes over.
/// </summary>
/// <remarks>A piece is durable when <see cref="PutAsync"/> has returned, and is never changed. Needs no lock: prune does not
/// look into the folder.</remarks>
public sealed class LogStore
{
    private readonly Repository _repository;
    private readonly string _folder;

    /// <summary>The pieces of one server's log, as a policy's database.</summary>
    public LogStore(Repository repository, string policyName, string databaseName, string sourceId)
    {
        _repository = repository;
        _folder = $"{RepositoryLayout.OwnFolder}logs/{Identify(repository, policyName, databaseName)}-{Hash(sourceId, 16)}/";
    }

    /// <summary>A name for a policy's database that tells nobody which it is: the repository's id is sealed in its config.
    /// </summary>
    public static string Identify(Repository repository, string policyName, string databaseName) => Hash(
        $"{repository.Config.Id}\n{policyName.ToUpperInvariant()}\n{databaseName.ToUpperInvariant()}", 16);

    /// <summary>Stores a piece.</summary>
    /// <exception cref="BackupException">The store failed; the piece may be there or not.</exception>
    public async Task PutAsync(LogPiece piece, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(content.Length, piece.Length);
        (_, byte[] sealedContent) = _repository.Files.Seal(content);
        await _repository.Store.PutAsync(_folder + piece.ToName(), sealedContent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All pieces, by file and place.</summary>
    public async Task<IReadOnlyList<LogPiece>> ListAsync(CancellationToken cancellationToken)
    {
        List<LogPiece> pieces = [];
        await foreach (StoredObject item in _repository.Store.ListAsync(_folder, cancellationToken).ConfigureAwait(false))
        {
            if (LogPiece.TryParse(item.Name, out LogPiece? piece) && item.Key == _folder + piece.ToName())
            {
                pieces.Add(piece);
            }
        }

        return [.. pieces.OrderBy(static piece => piece.File, StringComparer.Ordinal)
            .ThenBy(static piece => piece.Offset).ThenByDescending(static piece => piece.Length)];
    }

    /// <summary>Reads a piece.</summary>
    /// <exception cref="BackupException"><c>StorageObjectNotFound</c>; <c>ChunkDamaged</c>: it is not what was stored.
    /// </exception>
    public async Task<byte[]> ReadAsync(LogPiece piece, CancellationToken cancellationToken)
    {
        string key = _folder + piece.ToName();
        long size = await _repository.Store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw new BackupException(
                BackupErrorKind.StorageObjectNotFound, $"The piece {piece.ToName()} of the database's log is not there.")
            {
                Subject = key,
            };
        byte[] stored = new byte[size];
        await _repository.Store.ReadAsync(key, 0, stored, cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] content = _repository.Files.ReadSealed(stored, static plaintext => plaintext.ToArray());
            return content.Length == piece.Length ? content : throw new InvalidDataException("it has another length");
        }
        catch (Exception failure) when (failure is InvalidDataException or JsonException)
        {
            throw new BackupException(
                BackupErrorKind.ChunkDamaged,
                $"The piece {piece.ToName()} of the database's log is damaged: {failure.Message}.",
                "Recover to a moment before it, or bring the object back from another copy.",
                failure)
            {
                Subject = key,
            };
        }
    }

    /// <summary>Removes a piece, if it is there. Only what a backup of the log holds may be removed.</summary>
    public Task RemoveAsync(LogPiece piece, CancellationToken cancellationToken) =>
        _repository.Store.DeleteAsync(_folder + piece.ToName(), cancellationToken);

    private static string Hash(string text, int length) =>
        ObjectId.Hash(Encoding.UTF8.GetBytes(text)).ToString()[..length];
}
