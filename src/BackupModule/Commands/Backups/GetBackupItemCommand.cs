using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Lists what is in a backup: of a directory its entries, of anything else the item itself.</summary>
[Cmdlet(VerbsCommon.Get, "BackupItem")]
[OutputType(typeof(BackupItemInfo))]
public sealed class GetBackupItemCommand : BackupCommand
{
    /// <summary>Absolute paths within the backup; the paths that were backed up if left out.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Lists everything below, too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Lists so many levels below the entries, too; 0 for the entries alone.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Depth { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        await open.Repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        TreeWalker walker = new(open.Repository.Trees);
        IEnumerable<string> paths = Path.Length > 0 ? Path : snapshot.Paths;
        foreach (string path in paths.Select(BackupPaths.Clean))
        {
            TreeItem? start = path == "/"
                ? null
                : await walker.FindAsync(snapshot.Tree, path, cancellationToken).ConfigureAwait(false);
            if (start is { Node: not { Type: NodeType.Directory } } single)
            {
                await WriteAsync(single, snapshot, open).ConfigureAwait(false);
                continue;
            }

            await ListAsync(walker, start, snapshot, open, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(
        TreeWalker walker, TreeItem? start, Snapshot snapshot, OpenRepository open, CancellationToken cancellationToken)
    {
        string root = start?.Path ?? string.Empty;
        int deepest = Depth ?? (Recurse ? int.MaxValue : 0);
        await foreach (TreeItem item in walker.WalkAsync(
            start is null ? snapshot.Tree : start.Value.Node.Subtree ?? snapshot.Tree,
            root,
            item => item.Path.AsSpan(root.Length).Count('/') <= deepest,
            (_, failure) => Pipeline.OnItemFailed(failure),
            cancellationToken).ConfigureAwait(false))
        {
            await WriteAsync(item, snapshot, open).ConfigureAwait(false);
        }
    }

    private Task WriteAsync(TreeItem item, Snapshot snapshot, OpenRepository open)
    {
        BackupItemInfo output = BackupItemInfo.From(item, snapshot.Id.ToString(), open.Name);
        RecentBackups.Remember(output);
        return Pipeline.WriteAsync(output);
    }
}
