using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Compare.DataSets;

namespace BackupModule.Compare;

/// <summary>Refuses to begin what the disk cannot hold.</summary>
internal static class FreeSpace
{
    // Three repositories and three restored copies exist at the same time; no data set is stored at its full size by all.
    private const double WorkFactor = 5.5;

    /// <summary>Checks the disk of a folder.</summary>
    /// <exception cref="BenchmarkException">Less is free than the run may need.</exception>
    public static void Check(string folder, IReadOnlyList<DataFolder> data)
    {
        long toMake = data.Where(static set => !set.IsMade).Sum(static set => set.DataSet.Size);
        long needed = toMake + (long)(data.Max(static set => set.DataSet.Size) * WorkFactor);
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < needed)
        {
            throw new BenchmarkException(
                $"The disk of {folder} has {free / 1e9:0.0} GB free, and this run may need {needed / 1e9:0.0} GB. Choose "
                + "another place with -Folder, fewer data sets with -Data, or a smaller -Scale.");
        }
    }
}
