namespace BackupModule.Core.Restore;

/// <summary>Counts the entries of a backup that a restore plans to treat.</summary>
internal sealed class RestoreTotals
{
    private readonly int[] _counts = new int[(int)RestoreAction.Delete + 1];

    /// <summary>Entries in all.</summary>
    public int Items { get; private set; }

    /// <summary>Bytes of content that are written.</summary>
    public long BytesToWrite { get; private set; }

    /// <summary>Files that are as in the backup when the restore is done.</summary>
    public int Files { get; private set; }

    /// <summary>The bytes that these files have according to the backup.</summary>
    public long FileBytes { get; private set; }

    /// <summary>One more entry.</summary>
    public void Add(RestoreItem item)
    {
        Items++;
        _counts[(int)item.Action]++;
        BytesToWrite += item.BytesToWrite;
        if (item.IsRestoredFile)
        {
            Files++;
            FileBytes += (long)item.Node!.Size;
        }
    }

    /// <summary>How many entries get this treatment.</summary>
    public int Count(RestoreAction action) => _counts[(int)action];
}
