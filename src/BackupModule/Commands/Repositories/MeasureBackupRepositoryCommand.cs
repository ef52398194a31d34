using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Maintenance;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Measures a repository: sizes, what is unused, what deduplication and compression save.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BackupRepository")]
[OutputType(typeof(RepositoryMeasureInfo))]
public sealed class MeasureBackupRepositoryCommand : NamedRepositoryCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        RepositoryMeasure measure = await new RepositoryMeasurer(open.Repository, Pipeline)
            .RunAsync(cancellationToken).ConfigureAwait(false);
        await Pipeline.WriteAsync(RepositoryMeasureInfo.From(measure, open.Name)).ConfigureAwait(false);
    }
}
