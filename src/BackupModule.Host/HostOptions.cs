using System.Collections.Generic;
using Microsoft.PowerShell;

namespace BackupModule.Host;

/// <summary>The console's own arguments, parsed.</summary>
internal sealed record HostOptions
{
    public HostMode Mode { get; init; } = HostMode.Interactive;

    /// <summary>The script text of <see cref="HostMode.Command"/> or the path of <see cref="HostMode.File"/>.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>What follows the path of <see cref="HostMode.File"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public bool NonInteractive { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Null leaves the machine's own policy; only Windows knows one.</summary>
    public ExecutionPolicy? ExecutionPolicy { get; init; }
}
