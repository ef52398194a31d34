using System.Collections.Generic;
using System.Linq;
using BackupModule.Compare.Measuring;

namespace BackupModule.Compare.Results;

/// <summary>The size of a repository.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="After">The step that had just ended.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Bytes">Length of all files of the repository together, by round.</param>
internal sealed record SizeResult(string DataSet, Step After, string Tool, IReadOnlyList<long> Bytes)
{
    /// <summary>The median of the rounds.</summary>
    public double Median => Samples.Median(Bytes.Select(static bytes => (double)bytes));
}
