namespace BackupModule.Core.Databases.SQLite;

/// <summary>What a backup says of an SQLite database besides what it says of every database.</summary>
/// <param name="FileName">The file's name below the database's folder in the backup.</param>
/// <param name="SourcePath">Where the file was.</param>
/// <param name="PageSize">The size of a page in bytes.</param>
/// <param name="JournalMode">How the database keeps transactions whole, as <c>PRAGMA journal_mode</c> says: <c>wal</c>,
/// <c>delete</c>. A restored one keeps <c>wal</c>.</param>
public sealed record SQLiteFacts(string FileName, string SourcePath, int PageSize, string JournalMode);
