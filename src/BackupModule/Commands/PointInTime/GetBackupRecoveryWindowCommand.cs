using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery;
using BackupModule.Outputs;

namespace BackupModule.Commands.PointInTime;

/// <summary>Shows the moments that a policy's databases can be recovered to, and every gap between them.</summary>
[Cmdlet(VerbsCommon.Get, "BackupRecoveryWindow")]
[OutputType(typeof(BackupRecoveryWindowInfo))]
public sealed class GetBackupRecoveryWindowCommand : RepositoryCommand
{
    /// <summary>The policy.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string PolicyName { get; set; } = string.Empty;

    /// <summary>Databases of the policy, with wildcards; all if left out.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] DatabaseName { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(RepositoryName))
        {
            RepositoryName = await PolicySearch.FindRepositoryAsync(Catalog, PolicyName, cancellationToken).ConfigureAwait(false);
        }

        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        DatabaseHistory history = await DatabaseHistory
            .ReadAsync(open.Repository, PolicyName, Pipeline, cancellationToken).ConfigureAwait(false);
        string[] names = [.. history.DatabaseNames.Where(name => DatabaseName.Length == 0
            || DatabaseName.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name)))];
        if (names.Length == 0)
        {
            // Of a policy that was removed, the backups are there; without any, its name is wrong.
            await PolicySearch.RequireAsync(Catalog, PolicyName, cancellationToken).ConfigureAwait(false);
            throw new BackupException(
                BackupErrorKind.BackupNotFound,
                $"There is no backup of a database of the policy '{PolicyName}' in the repository '{open.Name}'.",
                $"Make one with Invoke-Backup -PolicyName {PolicyName}.")
            {
                Subject = PolicyName,
            };
        }

        foreach (string name in names)
        {
            await WriteAsync(name, history, open, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(
        string name, DatabaseHistory history, OpenRepository open, CancellationToken cancellationToken)
    {
        IReadOnlyList<RecoveryWindow> windows = RecoveryWindow.Join(
            await history.FindReachesAsync(name, cancellationToken).ConfigureAwait(false));
        foreach (RecoveryWindow window in windows)
        {
            await Pipeline.WriteAsync(new BackupRecoveryWindowInfo
            {
                PolicyName = PolicyName,
                DatabaseName = name,
                Engine = window.Backups[0].Facts.Engine,
                Earliest = window.From.ToLocalTime(),
                Latest = window.To.ToLocalTime(),
                EarliestPosition = window.FromPosition,
                LatestPosition = window.ToPosition,
                BackupId = [.. window.Backups.Select(static backup => backup.Snapshot.Id.ToString())],
                Gap = window.Hole?.Missing,
                RepositoryName = open.Name,
            }).ConfigureAwait(false);
        }
    }
}
