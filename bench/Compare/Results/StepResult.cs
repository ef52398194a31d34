using System.Collections.Generic;
using System.Linq;
using BackupModule.Compare.Measuring;

namespace BackupModule.Compare.Results;

/// <summary>What a step cost a tool, over all rounds.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="Step">The step.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Rounds">The measurements, by round; failed ones are not in it.</param>
/// <param name="Failures">What went wrong in the rounds that failed.</param>
internal sealed record StepResult(
    string DataSet, Step Step, string Tool, IReadOnlyList<Measurement> Rounds, IReadOnlyList<string> Failures)
{
    /// <summary>Median, smallest and largest of what it cost; null where any round failed.</summary>
    public StepSummary? Summary => Failures.Count > 0 || Rounds.Count == 0
        ? null
        : new StepSummary(
            Spread.Of(Rounds.Select(static round => round.Wall.TotalSeconds)),
            Spread.Of(Rounds.Select(static round => round.Cpu.TotalSeconds)),
            Spread.Of(Rounds.Select(static round => (double)round.PeakMemory)));
}

/// <summary>The figures of a step.</summary>
/// <param name="WallSeconds">Time from start to end.</param>
/// <param name="CpuSeconds">Work of all cores.</param>
/// <param name="PeakMemoryBytes">Resident bytes of the largest process.</param>
internal sealed record StepSummary(Spread WallSeconds, Spread CpuSeconds, Spread PeakMemoryBytes);

/// <summary>Several values in three.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>The three values of at least one.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new Spread(Samples.Median(all), all.Min(), all.Max());
    }
}
