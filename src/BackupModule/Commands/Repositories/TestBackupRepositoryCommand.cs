using System.Globalization;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Verification;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Checks a repository: index, packs, backups, and on demand every byte.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BackupRepository")]
[OutputType(typeof(RepositoryCheckInfo), typeof(bool), typeof(BackupJob))]
public sealed class TestBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    /// <summary>Reads all packs and proves every blob by its hash.</summary>
    [Parameter]
    public SwitchParameter ReadData { get; set; }

    /// <summary>Reads one of several parts of the packs, e.g. <c>2/7</c>: a part a day reads all in a week.</summary>
    [Parameter]
    [ValidatePattern(@"^\d{1,3}/\d{1,3}$")]
    public string? ReadPart { get; set; }

    /// <summary>Returns only whether the check passed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        string[] part = (ReadPart ?? "1/1").Split('/');
        CheckOptions options = new()
        {
            ReadData = ReadData || ReadPart is not null,
            Part = int.Parse(part[0], CultureInfo.InvariantCulture),
            Parts = int.Parse(part[1], CultureInfo.InvariantCulture),
            LockWait = LockWait,
        };
        await DoAsync(
            async (output, token) =>
            {
                CheckResult result = await new RepositoryChecker(open.Repository, Clock, output)
                    .RunAsync(options, token).ConfigureAwait(false);
                await output.WriteAsync(Quiet ? result.Passed : RepositoryCheckInfo.From(result, open.Name))
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
