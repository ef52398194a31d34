using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using BackupModule.Compare.Results;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare.Judging;

/// <summary>A step of all tools beside each other, and whether this module's is as fast as it should be.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="Step">The step.</param>
/// <param name="Tools">What the step cost each tool, by name.</param>
internal sealed record StepJudgement(
    string DataSet, Step Step, [property: JsonIgnore] IReadOnlyDictionary<string, StepResult> Tools)
{
    /// <summary>Median time of this module's step; null if it failed or did not take part.</summary>
    public TimeSpan? Ours => WallOf(BackupModuleTool.ToolName);

    /// <summary>Median time of the faster peer; null if none did the step.</summary>
    public TimeSpan? FasterPeer => Tools.Keys
        .Where(static name => name != BackupModuleTool.ToolName)
        .Min(WallOf);

    /// <summary>How many times faster this module is than the faster peer.</summary>
    public double? Ratio => FasterPeer / Ours;

    /// <summary>The most time that the step may take.</summary>
    public TimeSpan? Limit => FasterPeer is { } peer ? Targets.LimitFor(DataSet, Step, peer) : null;

    /// <summary>Whether it took no more; null without a target or without a figure to judge.</summary>
    public bool? IsFastEnough => Limit is { } limit && Ours is { } ours ? ours <= limit : null;

    /// <summary>Whether it took less memory than it may; null without a figure to judge.</summary>
    public bool? IsSmallEnough => Tools.GetValueOrDefault(BackupModuleTool.ToolName)?.Summary is { } summary
        ? summary.PeakMemoryBytes.Max < Targets.Memory
        : null;

    /// <summary>All steps of a run, in order.</summary>
    public static IReadOnlyList<StepJudgement> Of(ComparisonResult result) => [.. result.Steps
        .GroupBy(static step => (step.DataSet, step.Step))
        .Select(static group => new StepJudgement(
            group.Key.DataSet, group.Key.Step, group.ToDictionary(static step => step.Tool)))];

    private TimeSpan? WallOf(string tool) => Tools.GetValueOrDefault(tool)?.Summary is { } summary
        ? TimeSpan.FromSeconds(summary.WallSeconds.Median)
        : null;
}
