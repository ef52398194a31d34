namespace BackupModule.Core.Packing;

/// <summary>What a blob holds. A data blob and a tree blob with the same hash are different blobs.</summary>
public enum BlobType : byte
{
    /// <summary>A chunk of a file.</summary>
    Data = 0,

    /// <summary>A directory listing.</summary>
    Tree = 1,
}
