using System.Collections.Generic;

namespace BackupModule.Compare.DataSets;

/// <summary>All data sets there are.</summary>
internal static class DataSetCatalog
{
    /// <summary>The data sets at a scale; 1 is full size.</summary>
    public static IReadOnlyList<IDataSet> At(double scale) =>
    [
        new SourceFiles(scale, SourceFiles.DefaultRoots),
        new MediaFiles(scale),
        new SqlDump(scale),
        new TinyFiles(scale),
        new DiskImage(scale),
    ];
}
