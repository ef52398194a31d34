namespace BackupModule.Compare.Measuring;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All it wrote to standard output.</param>
/// <param name="LastLines">The end of what it said, errors last, on one line.</param>
internal sealed record ProcessResult(int ExitCode, string Output, string LastLines);
