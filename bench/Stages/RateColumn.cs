using System.Globalization;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace BackupModule.Stages;

/// <summary>How much plain data a stage gets through, in MB (10^6 bytes) a second: the median time over the bytes of one
/// call, which <see cref="BytesAttribute"/> names.</summary>
internal sealed class RateColumn : IColumn
{
    private const string NoFigure = "-";

    /// <inheritdoc/>
    public string Id => nameof(RateColumn);

    /// <inheritdoc/>
    public string ColumnName => "MB/s";

    /// <inheritdoc/>
    public string Legend => "Plain data in 10^6 bytes a second";

    /// <inheritdoc/>
    public bool AlwaysShow => true;

    /// <inheritdoc/>
    public ColumnCategory Category => ColumnCategory.Custom;

    /// <inheritdoc/>
    public int PriorityInCategory => 0;

    /// <inheritdoc/>
    public bool IsNumeric => true;

    /// <inheritdoc/>
    public UnitType UnitType => UnitType.Dimensionless;

    /// <inheritdoc/>
    public bool IsAvailable(Summary summary) => true;

    /// <inheritdoc/>
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        BytesAttribute? bytes = benchmarkCase.Descriptor.WorkloadMethod
            .GetCustomAttributes(typeof(BytesAttribute), inherit: false)
            .Cast<BytesAttribute>()
            .SingleOrDefault();
        return bytes is not null && summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? (bytes.Count * 1000.0 / statistics.Median).ToString("0", CultureInfo.InvariantCulture)
            : NoFigure;
    }

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);
}
