using System;

namespace BackupModule.Compare.Measuring;

/// <summary>What a step cost.</summary>
/// <param name="Wall">From start to end, in hundredths of a second.</param>
/// <param name="Cpu">Work of all cores for the program and what it started, in user mode and in the kernel.</param>
/// <param name="PeakMemory">Resident bytes of the largest single process at its largest.</param>
internal sealed record Measurement(TimeSpan Wall, TimeSpan Cpu, long PeakMemory)
{
    /// <summary>What two processes cost that run one after the other.</summary>
    public static Measurement operator +(Measurement first, Measurement second) => new(
        first.Wall + second.Wall, first.Cpu + second.Cpu, Math.Max(first.PeakMemory, second.PeakMemory));
}
