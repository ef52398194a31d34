using System.Text.Json.Serialization;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Repositories.Snapshots;

/// <summary>What a backup did, as restic 0.17 and later record it. All members are always written.</summary>
public sealed record SnapshotSummary
{
    /// <summary>When the backup started.</summary>
    [JsonPropertyName("backup_start")]
    [JsonConverter(typeof(GoTimeConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public FileTimestamp BackupStart { get; init; }

    /// <summary>When it ended.</summary>
    [JsonPropertyName("backup_end")]
    [JsonConverter(typeof(GoTimeConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public FileTimestamp BackupEnd { get; init; }

    /// <summary>Files that the parent did not have.</summary>
    [JsonPropertyName("files_new")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long FilesNew { get; init; }

    /// <summary>Files that differ from the parent's.</summary>
    [JsonPropertyName("files_changed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long FilesChanged { get; init; }

    /// <summary>Files that are as in the parent.</summary>
    [JsonPropertyName("files_unmodified")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long FilesUnmodified { get; init; }

    /// <summary>Directories that the parent did not have.</summary>
    [JsonPropertyName("dirs_new")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DirectoriesNew { get; init; }

    /// <summary>Directories whose tree differs from the parent's.</summary>
    [JsonPropertyName("dirs_changed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DirectoriesChanged { get; init; }

    /// <summary>Directories whose tree is the parent's.</summary>
    [JsonPropertyName("dirs_unmodified")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DirectoriesUnmodified { get; init; }

    /// <summary>Chunks added to the repository.</summary>
    [JsonPropertyName("data_blobs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DataBlobs { get; init; }

    /// <summary>Trees added to the repository.</summary>
    [JsonPropertyName("tree_blobs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long TreeBlobs { get; init; }

    /// <summary>Bytes added, before compression.</summary>
    [JsonPropertyName("data_added")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DataAdded { get; init; }

    /// <summary>Bytes added, as stored.</summary>
    [JsonPropertyName("data_added_packed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long DataAddedPacked { get; init; }

    /// <summary>Files in the snapshot.</summary>
    [JsonPropertyName("total_files_processed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long TotalFilesProcessed { get; init; }

    /// <summary>Bytes of all files in the snapshot.</summary>
    [JsonPropertyName("total_bytes_processed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long TotalBytesProcessed { get; init; }
}
