using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using BackupModule.Compare.Results;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare.Judging;

/// <summary>The repositories of all tools after a step, and whether this module's is no larger than it should be.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="After">The step.</param>
/// <param name="Tools">Median bytes of the repository, by tool.</param>
internal sealed record SizeJudgement(
    string DataSet, Step After, [property: JsonIgnore] IReadOnlyDictionary<string, double> Tools)
{
    private const string Reference = "restic";

    /// <summary>The size of this module's repository as a multiple of restic's; null where one is missing.</summary>
    public double? Ratio => Tools.TryGetValue(BackupModuleTool.ToolName, out double ours)
        && Tools.TryGetValue(Reference, out double reference) ? ours / reference : null;

    /// <summary>Whether it is no larger than it may be; null without a figure to judge.</summary>
    public bool? IsSmallEnough => Ratio is { } ratio ? ratio <= Targets.SizeFactor : null;

    /// <summary>All sizes of a run, in order.</summary>
    public static IReadOnlyList<SizeJudgement> Of(ComparisonResult result) => [.. result.Sizes
        .GroupBy(static size => (size.DataSet, size.After))
        .Select(static group => new SizeJudgement(
            group.Key.DataSet, group.Key.After, group.ToDictionary(static size => size.Tool, static size => size.Median)))];
}
