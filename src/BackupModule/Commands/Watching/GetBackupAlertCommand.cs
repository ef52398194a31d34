using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Outputs;

namespace BackupModule.Commands.Watching;

/// <summary>Lists alerts: the open ones, or their history.</summary>
[Cmdlet(VerbsCommon.Get, "BackupAlert")]
[OutputType(typeof(BackupAlertInfo))]
public sealed class GetBackupAlertCommand : CatalogCommand
{
    /// <summary>Names of policies, with wildcards. Alerts of repositories, which belong to no policy, are left out then.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <summary>What they are about.</summary>
    [Parameter]
    public AlertKind[] Kind { get; set; } = [];

    /// <summary>How much they matter at least.</summary>
    [Parameter]
    public AlertSeverity? Severity { get; set; }

    /// <summary>Those, open or closed, that were opened at this moment or later.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Closed ones, too.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<AlertRecord> alerts = All || Since is not null
            ? await Catalog.ListAlertsAsync(Since ?? DateTimeOffset.MinValue, cancellationToken).ConfigureAwait(false)
            : await Catalog.ListOpenAlertsAsync(cancellationToken).ConfigureAwait(false);
        List<WildcardPattern> patterns =
            [.. PolicyName.Select(static name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        foreach (AlertRecord alert in alerts.Where(alert =>
            (patterns.Count == 0 || (alert.PolicyName is { } name && patterns.Exists(pattern => pattern.IsMatch(name))))
            && (Kind.Length == 0 || Kind.Contains(alert.Kind))
            && !(alert.Severity < Severity)))
        {
            await Pipeline.WriteAsync(BackupAlertInfo.From(alert)).ConfigureAwait(false);
        }
    }
}
