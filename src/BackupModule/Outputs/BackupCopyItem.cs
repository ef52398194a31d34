namespace BackupModule.Outputs;

/// <summary>A backup and its copy.</summary>
/// <param name="SourceId">The backup's id in the repository that it was copied from.</param>
/// <param name="BackupId">The copy's id.</param>
/// <param name="Source">The registered name of the repository that it was copied from.</param>
/// <param name="RepositoryName">The registered name of the repository that the copy is in.</param>
public sealed record BackupCopyItem(string SourceId, string BackupId, string Source, string RepositoryName);
