using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;

namespace BackupModule.Core.Policies.Manifest;

/// <summary>Reads what a backup says about itself.</summary>
public static class ManifestReader
{
    private const int MaxSize = 64 * 1024 * 1024;

    /// <summary>The manifest of a backup.</summary>
    /// <exception cref="BackupException"><c>ItemNotFound</c>: it is no policy's backup; <c>BackupDamaged</c>: it cannot be read.
    /// </exception>
    public static async Task<BackupManifest> ReadAsync(
        Repository repository, Snapshot snapshot, CancellationToken cancellationToken)
    {
        await repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        TreeItem item = await FindAsync(repository, snapshot, cancellationToken).ConfigureAwait(false);
        if (item.Node is not { Type: NodeType.File, Size: <= MaxSize })
        {
            throw NoManifest(snapshot, inner: null);
        }

        using MemoryStream json = new();
        using BackupFileStream content = new(repository.Blobs, item.Node);
        await content.CopyToAsync(json, cancellationToken).ConfigureAwait(false);
        return BackupManifest.Decode(json.GetBuffer().AsSpan(0, (int)json.Length));
    }

    private static async Task<TreeItem> FindAsync(
        Repository repository, Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            return await new TreeWalker(repository.Trees)
                .FindAsync(snapshot.Tree, BackupManifest.Path, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.ItemNotFound)
        {
            throw NoManifest(snapshot, failure);
        }
    }

    private static BackupException NoManifest(Snapshot snapshot, BackupException? inner) => new(
        BackupErrorKind.ItemNotFound,
        $"The backup {snapshot.Id.ShortText} does not say which paths belong to which component: no policy made it.",
        "Restore by paths with -Include.",
        inner)
    {
        Subject = snapshot.Id.ToString(),
    };
}
