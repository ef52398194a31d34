using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Verification;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Checks a backup in five ways: exists, not corrupted, readable, size reasonable, required paths present.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "Backup")]
[OutputType(typeof(BackupCheckInfo), typeof(bool), typeof(BackupJob))]
public sealed class TestBackupCommand : LockingBackupCommand
{
    /// <summary>Patterns of which each must match something in the backup.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] RequiredPath { get; set; } = [];

    /// <summary>The share of the backup's packs to read, in percent; another random choice each time.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int SamplePercent { get; set; } = 100;

    /// <summary>The factor by which the size may differ from the median of earlier backups of the same paths.</summary>
    [Parameter]
    [ValidateRange(1.0, 1000.0)]
    public double SizeTolerance { get; set; } = 2;

    /// <summary>Returns only whether all checks passed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        BackupCheckOptions options = new()
        {
            Snapshot = snapshot,
            RequiredPaths = RequiredPath,
            SamplePercent = SamplePercent,
            SizeTolerance = SizeTolerance,
            LockWait = LockWait,
        };
        await DoAsync(
            async (output, token) =>
            {
                BackupCheckResult result = await new BackupChecker(open.Repository, Clock, output)
                    .RunAsync(options, token).ConfigureAwait(false);
                await output.WriteAsync(Quiet ? result.Passed : BackupCheckInfo.From(result, open.Name))
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
