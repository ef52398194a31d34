using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BackupModule.Compare.Judging;
using BackupModule.Compare.Results;

namespace BackupModule.Compare.Reporting;

/// <summary>A run as a page: what was measured where and how, the tables, what failed.</summary>
internal static class MarkdownReport
{
    private const string NoFigure = "-";
    private const double Megabyte = 1_000_000;

    /// <summary>Writes the page.</summary>
    public static string Write(ComparisonResult result)
    {
        StringBuilder page = new();
        page.Append("# Benchmark\n\n");
        AppendSetting(page, result);
        IReadOnlyList<StepJudgement> steps = StepJudgement.Of(result);
        string[] tools = [.. result.Tools.Select(static tool => tool.Name)];
        page.Append("\n## Time in seconds\n\n").Append(WriteTimes(steps, tools));
        page.Append("\n## CPU time and peak memory\n\n").Append(WriteWork(steps, tools));
        page.Append("\n## Stored size in MB\n\n").Append(WriteSizes(result, tools));
        page.Append("\n## Restored data\n\n");
        AppendRestores(page, result);
        AppendFailures(page, result);
        return page.ToString();
    }

    private static string WriteTimes(IReadOnlyList<StepJudgement> steps, string[] tools) => MarkdownTable.Write(
        ["data", "step", .. tools.Select(static tool => tool + ":"), "ratio:", "target:", "limit:", "verdict"],
        [.. steps.Select(step => (IReadOnlyList<string>)
        [
            step.DataSet,
            NameOf(step.Step),
            .. tools.Select(tool => Cell(step, tool, static summary => Seconds(summary.WallSeconds.Median))),
            step.Ratio is { } ratio ? Factor(ratio) : NoFigure,
            step.Limit is { } limit ? Factor(step.FasterPeer!.Value / limit) : NoFigure,
            step.Limit is { } longest ? Seconds(longest.TotalSeconds) : NoFigure,
            Verdict(step.IsFastEnough),
        ])]);

    private static string WriteWork(IReadOnlyList<StepJudgement> steps, string[] tools) => MarkdownTable.Write(
        [
            "data", "step", .. tools.Select(static tool => $"{tool} CPU s:"), .. tools.Select(static tool => $"{tool} MB:"),
            "verdict",
        ],
        [.. steps.Select(step => (IReadOnlyList<string>)
        [
            step.DataSet,
            NameOf(step.Step),
            .. tools.Select(tool => Cell(step, tool, static summary => Seconds(summary.CpuSeconds.Median))),
            .. tools.Select(tool => Cell(step, tool, static summary => Megabytes(summary.PeakMemoryBytes.Median))),
            Verdict(step.IsSmallEnough),
        ])]);

    private static string WriteSizes(ComparisonResult result, string[] tools)
    {
        string[] headings = ["data", "after", .. tools.Select(static tool => $"{tool}:"), "to restic's:", "verdict"];
        return MarkdownTable.Write(headings, [.. SizeJudgement.Of(result).Select(size => (IReadOnlyList<string>)
        [
            size.DataSet,
            NameOf(size.After),
            .. tools.Select(tool => size.Tools.TryGetValue(tool, out double bytes) ? Megabytes(bytes) : NoFigure),
            size.Ratio is { } ratio ? ratio.ToString("0.000", CultureInfo.InvariantCulture) : NoFigure,
            Verdict(size.IsSmallEnough),
        ])]);
    }

    private static void AppendSetting(StringBuilder page, ComparisonResult result)
    {
        MachineFacts machine = result.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{result.Started:yyyy-MM-dd HH:mm} UTC; {machine.Processor}, ");
        page.Append(CultureInfo.InvariantCulture, $"{machine.Cores} cores, {machine.MemoryBytes / 1e9:0} GB memory; ");
        page.Append(CultureInfo.InvariantCulture, $"{machine.OperatingSystem}; {machine.Runtime}; {machine.FileSystem}. ");
        page.Append(CultureInfo.InvariantCulture, $"Rounds: {result.Rounds}, of which the tables show medians; page cache warm.\n");
        if (!result.Scale.Equals(1))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n**The data is {result.Scale:0.####} of its full size: this shows ");
            page.Append("that the benchmark works, and the targets, which are meant for full size, say little.**\n");
        }

        page.Append('\n');
        foreach (ToolFacts tool in result.Tools)
        {
            page.Append(CultureInfo.InvariantCulture, $"* {tool.Name}: {tool.Version}; {tool.Settings}\n");
        }

        page.Append('\n');
        foreach (DataSetFacts data in result.DataSets)
        {
            page.Append(CultureInfo.InvariantCulture, $"* {data.Name}: {data.Description}; {Megabytes(data.Bytes)} MB\n");
        }
    }

    private static void AppendRestores(StringBuilder page, ComparisonResult result)
    {
        foreach (RestoreResult restore in result.Restores)
        {
            string verdict = restore.Differences.Count == 0 ? "the same as the source" : "NOT the same as the source";
            page.Append(CultureInfo.InvariantCulture, $"* {restore.DataSet} by {restore.Tool}: {verdict}\n");
        }

        if (result.Restores.Count == 0)
        {
            page.Append("Nothing was restored.\n");
        }
    }

    private static void AppendFailures(StringBuilder page, ComparisonResult result)
    {
        if (result.Failures.Count == 0)
        {
            return;
        }

        page.Append("\n## Failed\n\n");
        foreach (string failure in result.Failures)
        {
            page.Append(CultureInfo.InvariantCulture, $"* {failure}\n");
        }
    }

    private static string Cell(StepJudgement step, string tool, Func<StepSummary, string> write) =>
        !step.Tools.TryGetValue(tool, out StepResult? result) ? NoFigure
        : result.Summary is { } summary ? write(summary) : "failed";

    private static string Verdict(bool? isMet) => isMet switch
    {
        true => "met",
        false => "MISSED",
        null => NoFigure,
    };

    private static string NameOf(Step step) => step.ToString().ToLowerInvariant();

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Megabytes(double bytes) => (bytes / Megabyte).ToString("0", CultureInfo.InvariantCulture);

    private static string Factor(double factor) => factor.ToString("0.00", CultureInfo.InvariantCulture) + "x";
}
