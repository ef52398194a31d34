using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>What a backup did, as restic 0.17 and later record it. All members are always written.</summary>
public sealed record SnapshotSummary
{
    /// <summary>When the backup started.</summary>
    public FileTimestamp BackupStart { get; init; }

    /// <summary>When it ended.</summary>
    public FileTimestamp BackupEnd { get; init; }

    /// <summary>Files that the parent did not have.</summary>
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the parent's.</summary>
    public long FilesChanged { get; init; }

    /// <summary>Files that are as in the parent.</summary>
    public long FilesUnmodified { get; init; }

    /// <summary>Directories that the parent did not have.</summary>
    public long DirectoriesNew { get; init; }

    /// <summary>Directories whose tree differs from the parent's.</summary>
    public long DirectoriesChanged { get; init; }

    /// <summary>Directories whose tree is the parent's.</summary>
    public long DirectoriesUnmodified { get; init; }

    /// <summary>Chunks added to the repository.</summary>
    public long DataBlobs { get; init; }

    /// <summary>Trees added to the repository.</summary>
    public long TreeBlobs { get; init; }

    /// <summary>Bytes added, before compression.</summary>
    public long DataAdded { get; init; }

    /// <summary>Bytes added, as stored.</summary>
    public long DataAddedPacked { get; init; }

    /// <summary>Files in the snapshot.</summary>
    public long TotalFilesProcessed { get; init; }

    /// <summary>Bytes of all files in the snapshot.</summary>
    public long TotalBytesProcessed { get; init; }

    /// <summary>Writes all members.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteTime("backup_start"u8, BackupStart);
        writer.WriteTime("backup_end"u8, BackupEnd);
        writer.WriteNumber("files_new"u8, FilesNew);
        writer.WriteNumber("files_changed"u8, FilesChanged);
        writer.WriteNumber("files_unmodified"u8, FilesUnmodified);
        writer.WriteNumber("dirs_new"u8, DirectoriesNew);
        writer.WriteNumber("dirs_changed"u8, DirectoriesChanged);
        writer.WriteNumber("dirs_unmodified"u8, DirectoriesUnmodified);
        writer.WriteNumber("data_blobs"u8, DataBlobs);
        writer.WriteNumber("tree_blobs"u8, TreeBlobs);
        writer.WriteNumber("data_added"u8, DataAdded);
        writer.WriteNumber("data_added_packed"u8, DataAddedPacked);
        writer.WriteNumber("total_files_processed"u8, TotalFilesProcessed);
        writer.WriteNumber("total_bytes_processed"u8, TotalBytesProcessed);
    }

    /// <summary>Reads what <see cref="Write"/> writes; what is not there is 0.</summary>
    internal static SnapshotSummary Read(JsonElement json) => new()
    {
        BackupStart = json.Time("backup_start"u8) ?? default,
        BackupEnd = json.Time("backup_end"u8) ?? default,
        FilesNew = json.Int64("files_new"u8),
        FilesChanged = json.Int64("files_changed"u8),
        FilesUnmodified = json.Int64("files_unmodified"u8),
        DirectoriesNew = json.Int64("dirs_new"u8),
        DirectoriesChanged = json.Int64("dirs_changed"u8),
        DirectoriesUnmodified = json.Int64("dirs_unmodified"u8),
        DataBlobs = json.Int64("data_blobs"u8),
        TreeBlobs = json.Int64("tree_blobs"u8),
        DataAdded = json.Int64("data_added"u8),
        DataAddedPacked = json.Int64("data_added_packed"u8),
        TotalFilesProcessed = json.Int64("total_files_processed"u8),
        TotalBytesProcessed = json.Int64("total_bytes_processed"u8),
    };
}
