namespace BackupModule.Core.Databases.Logs;

/// <summary>A place in a log.</summary>
/// <param name="File">The file.</param>
/// <param name="End">The byte in it that comes next.</param>
public readonly record struct LogPosition(string File, long End);
