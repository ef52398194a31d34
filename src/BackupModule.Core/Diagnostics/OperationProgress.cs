namespace BackupModule.Core.Diagnostics;

/// <summary>A moment of a run.</summary>
/// <param name="Activity">What runs, e.g. "Backing up". A phase of its own has a text of its own.</param>
/// <param name="CurrentItem">The item in hand, if there is one to name.</param>
/// <param name="ItemsDone">Items finished so far.</param>
/// <param name="ItemsTotal">Items in all; null while unknown.</param>
/// <param name="BytesDone">Bytes finished so far; 0 where bytes are not counted.</param>
/// <param name="BytesTotal">Bytes in all; null while unknown.</param>
/// <param name="ItemNoun">What the items are: a plural that ends in s.</param>
public readonly record struct OperationProgress(
    string Activity,
    string? CurrentItem,
    long ItemsDone,
    long? ItemsTotal,
    long BytesDone,
    long? BytesTotal,
    string ItemNoun = "files");
