using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Outputs;

namespace BackupModule.Commands.Keys;

/// <summary>Lists the keys of a repository, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "BackupKey")]
[OutputType(typeof(BackupKeyInfo))]
public sealed class GetBackupKeyCommand : RepositoryCommand
{
    /// <summary>Ids or starts of ids; all keys if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] KeyId { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupKeyInfo key in await KeySearch.ListAsync(open, KeyId, Pipeline, cancellationToken)
            .ConfigureAwait(false))
        {
            await Pipeline.WriteAsync(key).ConfigureAwait(false);
        }
    }
}
