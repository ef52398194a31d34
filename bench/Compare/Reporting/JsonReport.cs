using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using BackupModule.Compare.Judging;
using BackupModule.Compare.Results;

namespace BackupModule.Compare.Reporting;

/// <summary>A run as JSON: every measurement, the medians with the smallest and largest value, and the verdicts. Times
/// are in seconds.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new SecondsConverter() },
    };

    /// <summary>Writes the run.</summary>
    public static string Write(ComparisonResult result) => JsonSerializer.Serialize(
        new Document(result, StepJudgement.Of(result), SizeJudgement.Of(result)), s_options);

    private sealed record Document(
        ComparisonResult Run, IReadOnlyList<StepJudgement> StepVerdicts, IReadOnlyList<SizeJudgement> SizeVerdicts);
}
