using System;
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

/// <summary>Writes the metrics into a file that a monitoring system reads.</summary>
[Cmdlet(VerbsData.Export, "BackupMetric", SupportsShouldProcess = true)]
[OutputType(typeof(BackupMetricExportInfo))]
public sealed class ExportBackupMetricCommand : WatchCommand
{
    private const string JsonEnding = ".json";

    /// <summary>The file; one that is there is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The format; JSON for names that end with .json, else Prometheus' text.</summary>
    [Parameter]
    public MetricFormat? Format { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string path = await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, Path)).ConfigureAwait(false);
        MetricFormat format = Format
            ?? (path.EndsWith(JsonEnding, StringComparison.OrdinalIgnoreCase) ? MetricFormat.Json : MetricFormat.Prometheus);
        StatusReport report = await ReadReportAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<MetricFamily> families = MetricCollector.Collect(report);
        string text = format == MetricFormat.Json
            ? MetricJson.Write(families, report.Facts.Now)
            : PrometheusText.Write(families);
        if (!await Pipeline.ConfirmAsync(path, "Export metrics").ConfigureAwait(false))
        {
            return;
        }

        MetricFile.Write(path, text);
        await Pipeline.WriteAsync(new BackupMetricExportInfo
        {
            Path = path,
            Format = format,
            Metrics = families.Count,
            Values = families.Sum(static family => family.Samples.Count),
            CollectedAt = report.Facts.Now,
        }).ConfigureAwait(false);
    }
}
