namespace BackupModule.Host;

/// <summary>What the console was asked to do.</summary>
internal enum HostMode
{
    Interactive,
    Command,
    StandardInput,
    File,
    Version,
    Help,
}
