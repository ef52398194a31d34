using System;

namespace BackupModule.Core.Databases.Logs;

/// <summary>A log file as the repository has it.</summary>
/// <param name="Name">The file, as the engine names it.</param>
/// <param name="Start">Its first byte that is there; 0 for a file whose start is there.</param>
/// <param name="End">The byte after its last one.</param>
/// <param name="Until">Everything committed until then, by the server's clock, is in this file or before it.</param>
public sealed record LogFile(string Name, long Start, long End, DateTimeOffset Until);
