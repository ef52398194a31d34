namespace BackupModule.Core.Verification;

/// <summary>The five checks of one backup.</summary>
public enum BackupCheckName
{
    /// <summary>Its snapshot, directories, chunks and packs are all there.</summary>
    Exists,

    /// <summary>The packs it needs match their hashes.</summary>
    NotCorrupted,

    /// <summary>File content can be decrypted, decompressed, and matches its hashes.</summary>
    Readable,

    /// <summary>Its size is in line with earlier backups of the same paths.</summary>
    SizeReasonable,

    /// <summary>The files that must be in it are in it.</summary>
    RequiredPathsPresent,
}
