namespace BackupModule.Compare.Results;

/// <summary>A tool that took part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">What it says of its version.</param>
/// <param name="Settings">How it was set.</param>
internal sealed record ToolFacts(string Name, string Version, string Settings);
