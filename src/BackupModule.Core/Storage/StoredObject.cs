namespace BackupModule.Core.Storage;

/// <summary>An object as a listing shows it.</summary>
/// <param name="Key">The whole key, relative to the store.</param>
/// <param name="Size">Size in bytes.</param>
public readonly record struct StoredObject(string Key, long Size)
{
    /// <summary>The part of the key after the last <c>/</c>.</summary>
    public string Name => Key[(Key.LastIndexOf('/') + 1)..];
}
