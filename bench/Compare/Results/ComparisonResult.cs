using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Compare.Results;

/// <summary>All that a run found out, as it is written to JSON.</summary>
/// <param name="Started">When the run began.</param>
/// <param name="Scale">Part of the full size of the data.</param>
/// <param name="Rounds">How often everything was done.</param>
/// <param name="Machine">What it ran on.</param>
/// <param name="Tools">What was compared.</param>
/// <param name="DataSets">What it was compared on.</param>
/// <param name="Steps">What each step cost each tool.</param>
/// <param name="Sizes">What each repository took.</param>
/// <param name="Restores">Whether what came back was what had gone in.</param>
internal sealed record ComparisonResult(
    DateTimeOffset Started,
    double Scale,
    int Rounds,
    MachineFacts Machine,
    IReadOnlyList<ToolFacts> Tools,
    IReadOnlyList<DataSetFacts> DataSets,
    IReadOnlyList<StepResult> Steps,
    IReadOnlyList<SizeResult> Sizes,
    IReadOnlyList<RestoreResult> Restores)
{
    /// <summary>What failed, one sentence each; none if every tool did everything and brought all data back.</summary>
    public IReadOnlyList<string> Failures =>
    [
        .. Steps.SelectMany(static step => step.Failures
            .Select(failure => $"{step.DataSet}, {step.Step}, {step.Tool}: {failure}")),
        .. Restores.SelectMany(static restore => restore.Differences
            .Select(difference => $"{restore.DataSet}, restored by {restore.Tool}: {difference}")),
    ];
}
