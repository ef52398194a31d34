namespace BackupModule.Compare.DataSets;

/// <summary>
/// A folder of files that can be made, changed and changed back. What is written depends on the scale and on nothing
/// else, but for the real files that <see cref="SourceFiles"/> copies.
/// </summary>
internal interface IDataSet
{
    /// <summary>How the data set is called on the command line and in reports.</summary>
    string Name { get; }

    /// <summary>What it holds, for the report.</summary>
    string Description { get; }

    /// <summary>About how many bytes it takes.</summary>
    long Size { get; }

    /// <summary>Writes it into the folder, which is empty.</summary>
    void Make(string folder);

    /// <summary>Rewrites, or adds, 1 %.</summary>
    void Change(string folder);

    /// <summary>Takes a change back, also one that was interrupted; without one, does nothing that can be seen.</summary>
    void Undo(string folder);
}
