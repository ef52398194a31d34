using System.Collections.Generic;

namespace BackupModule.Core.Policies;

/// <summary>What of a component is backed up.</summary>
public sealed record PolicyComponent
{
    /// <summary>The component.</summary>
    public required BackupComponent Component { get; init; }

    /// <summary>Files and folders, as absolute paths.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Patterns of what is left out below these paths, besides the policy's own.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Names of environment variables, with <c>*</c> and <c>?</c>; their values are in the backup alone.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Certificate stores of the operating system, as <c>LocalMachine/My</c>.</summary>
    public IReadOnlyList<string> CertificateStores { get; init; } = [];
}
