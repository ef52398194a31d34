using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Finds items by name and more, in the backups given or in all of a repository, newest first.</summary>
[Cmdlet(VerbsCommon.Find, "BackupItem")]
[OutputType(typeof(BackupItemInfo))]
public sealed class FindBackupItemCommand : RepositoryCommand
{
    /// <summary>Wildcard patterns of names; one with a <c>/</c> in it is matched with whole paths.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Ids or starts of ids, or <c>latest</c>; all backups if left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string[] BackupId { get; set; } = [];

    /// <summary>Only items of these types.</summary>
    [Parameter]
    public NodeType[] Type { get; set; } = [];

    /// <summary>Only files of more bytes, e.g. <c>10MB</c>.</summary>
    [Parameter]
    [SizeTransformation]
    public long? LargerThan { get; set; }

    /// <summary>Only items that were modified after.</summary>
    [Parameter]
    public DateTimeOffset? ModifiedAfter { get; set; }

    /// <summary>Only items that were modified before.</summary>
    [Parameter]
    public DateTimeOffset? ModifiedBefore { get; set; }

    /// <summary>Makes upper and lower case differ.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await open.Repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        WildcardOptions options = CaseSensitive ? WildcardOptions.None : WildcardOptions.IgnoreCase;
        List<(WildcardPattern Pattern, bool IsPath)> patterns =
        [
            .. Name.Select(name =>
                (WildcardPattern.Get(name, options), name.Contains('/', StringComparison.Ordinal))),
        ];
        TreeWalker walker = new(open.Repository.Trees);
        foreach (Snapshot snapshot in await ListBackupsAsync(open, cancellationToken).ConfigureAwait(false))
        {
            await foreach (TreeItem item in walker.WalkAsync(
                snapshot.Tree,
                string.Empty,
                static _ => true,
                (_, failure) => Pipeline.OnItemFailed(failure),
                cancellationToken).ConfigureAwait(false))
            {
                bool fits = patterns.Exists(p => p.Pattern.IsMatch(p.IsPath ? item.Path : item.Node.Name));
                if (fits && IsWanted(item.Node))
                {
                    BackupItemInfo output = BackupItemInfo.From(item, snapshot.Id.ToString(), open.Name);
                    RecentBackups.Remember(output);
                    await Pipeline.WriteAsync(output).ConfigureAwait(false);
                }
            }
        }
    }

    private bool IsWanted(TreeNode node)
    {
        DateTimeOffset modified = node.ModifiedTime.ToDateTimeOffset();
        return (Type.Length == 0 || Type.Contains(node.Type))
            && (LargerThan is not { } size || (node.Type == NodeType.File && node.Size > (ulong)size))
            && (ModifiedAfter is null || modified > ModifiedAfter)
            && (ModifiedBefore is null || modified < ModifiedBefore);
    }

    private async Task<IEnumerable<Snapshot>> ListBackupsAsync(
        OpenRepository open, CancellationToken cancellationToken)
    {
        if (BackupId.Length == 0)
        {
            IReadOnlyList<Snapshot> all = await open.Repository.Snapshots
                .ListAsync(Pipeline.OnItemFailed, cancellationToken).ConfigureAwait(false);
            return all.Reverse();
        }

        List<Snapshot> found = [];
        foreach (string id in BackupId)
        {
            found.Add(await BackupSearch.FindAsync(open, id, Pipeline, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }
}
