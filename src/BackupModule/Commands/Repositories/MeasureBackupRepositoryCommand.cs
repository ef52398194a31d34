using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Maintenance;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Measures a repository: sizes, what is unused, what deduplication and compression save.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BackupRepository")]
[OutputType(typeof(RepositoryMeasureInfo), typeof(BackupJob))]
public sealed class MeasureBackupRepositoryCommand : NamedRepositoryCommand
{
    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await DoAsync(
            async (output, token) =>
            {
                RepositoryMeasure measure = await new RepositoryMeasurer(open.Repository, output)
                    .RunAsync(token).ConfigureAwait(false);
                await output.WriteAsync(RepositoryMeasureInfo.From(measure, open.Name)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
