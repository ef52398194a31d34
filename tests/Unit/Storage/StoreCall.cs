namespace BackupModule.Tests.Storage;

/// <summary>The calls of a store that can fail.</summary>
public enum StoreCall
{
    Prepare,
    Put,
    GetSize,
    Read,
    List,
    Delete,
}
