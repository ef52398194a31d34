namespace BackupModule.Core.Restore.Archives;

/// <summary>The archive formats that backups are exported to.</summary>
public enum ArchiveFormat
{
    /// <summary>POSIX pax tar, uncompressed.</summary>
    Tar,

    /// <summary>tar in gzip.</summary>
    TarGzip,

    /// <summary>tar in Zstandard.</summary>
    TarZstd,

    /// <summary>ZIP with Unix modes; hard links become files, devices and pipes are left out.</summary>
    Zip,
}
