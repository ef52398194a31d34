namespace BackupModule.Compare.Tools;

/// <summary>A process to run.</summary>
/// <param name="Program">A path, or a name to find in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ToolCommand(string Program, params string[] Arguments)
{
    /// <summary>Where it runs; null for this process's own folder.</summary>
    public string? WorkingDirectory { get; init; }
}
