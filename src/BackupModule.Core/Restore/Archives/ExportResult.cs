using System;

namespace BackupModule.Core.Restore.Archives;

/// <summary>What an export wrote.</summary>
/// <param name="Path">The archive.</param>
/// <param name="Items">Entries in it.</param>
/// <param name="ContentBytes">Bytes of file content in it, uncompressed.</param>
/// <param name="ArchiveBytes">The archive's size in bytes.</param>
/// <param name="Failures">Entries that are not in it, or not whole.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ExportResult(
    string Path, long Items, long ContentBytes, long ArchiveBytes, long Failures, TimeSpan Duration);
