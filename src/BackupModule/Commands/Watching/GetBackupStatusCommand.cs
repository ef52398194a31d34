using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Watching;

/// <summary>Shows how policies stand.</summary>
[Cmdlet(VerbsCommon.Get, "BackupStatus")]
[OutputType(typeof(BackupStatusInfo))]
public sealed class GetBackupStatusCommand : WatchCommand
{
    /// <summary>Names of policies, with wildcards; all if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StatusReport report = await ReadReportAsync(cancellationToken).ConfigureAwait(false);
        foreach (BackupPolicy policy in await PolicySearch.FindAsync(Catalog, PolicyName, cancellationToken)
            .ConfigureAwait(false))
        {
            if (report.Policies.FirstOrDefault(
                status => status.Policy.Name.Equals(policy.Name, StringComparison.OrdinalIgnoreCase)) is { } status)
            {
                await Pipeline.WriteAsync(BackupStatusInfo.From(status, report.Facts)).ConfigureAwait(false);
            }
            else if (report.Facts.BrokenPolicies.TryGetValue(policy.Name, out string? reason))
            {
                Pipeline.OnItemFailed(new BackupException(
                    BackupErrorKind.PolicyInvalid, reason, "Set-BackupPolicy changes what it is based on.")
                {
                    Subject = policy.Name,
                });
            }
            else
            {
                Pipeline.OnDecision($"The policy '{policy.Name}' has nothing to back up, so it has no status.");
            }
        }
    }
}
