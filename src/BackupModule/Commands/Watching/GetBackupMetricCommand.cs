using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Monitoring.Metrics;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Outputs;

namespace BackupModule.Commands.Watching;

/// <summary>Lists the metrics of policies and repositories.</summary>
[Cmdlet(VerbsCommon.Get, "BackupMetric")]
[OutputType(typeof(BackupMetricInfo))]
public sealed class GetBackupMetricCommand : WatchCommand
{
    /// <summary>Names of metrics, with wildcards; all if left out.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StatusReport report = await ReadReportAsync(cancellationToken).ConfigureAwait(false);
        List<WildcardPattern> patterns =
            [.. Name.Select(static name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        foreach (MetricFamily family in MetricCollector.Collect(report)
            .Where(family => patterns.Count == 0 || patterns.Exists(pattern => pattern.IsMatch(family.Name))))
        {
            foreach (MetricSample sample in family.Samples)
            {
                await Pipeline.WriteAsync(BackupMetricInfo.From(family, sample)).ConfigureAwait(false);
            }
        }
    }
}
