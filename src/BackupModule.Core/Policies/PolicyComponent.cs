using System.Collections.Generic;
using System.Text.Json.Serialization;
using BackupModule.Core.Databases;

namespace BackupModule.Core.Policies;

/// <summary>What of a component is backed up.</summary>
/// <remarks>Lists take null for their default: so a compiled serialiser sets what a document does not have.</remarks>
public sealed record PolicyComponent
{
    /// <summary>The component.</summary>
    public required BackupComponent Component { get; init; }

    /// <summary>Files and folders, as absolute paths.</summary>
    public IReadOnlyList<string> Paths { get; init => field = value ?? []; } = [];

    /// <summary>Patterns of what is left out below these paths, besides the policy's own.</summary>
    public IReadOnlyList<string> Exclude { get; init => field = value ?? []; } = [];

    /// <summary>Names of environment variables, with <c>*</c> and <c>?</c>; their values are in the backup alone.</summary>
    public IReadOnlyList<string> Variables { get; init => field = value ?? []; } = [];

    /// <summary>Certificate stores of the operating system, as <c>LocalMachine/My</c>.</summary>
    public IReadOnlyList<string> CertificateStores { get; init => field = value ?? []; } = [];

    /// <summary>Database sources, of the component <see cref="BackupComponent.Database"/>.</summary>
    public IReadOnlyList<DatabaseDefinition> Databases { get; init => field = value ?? []; } = [];

    /// <summary>True if it names nothing.</summary>
    [JsonIgnore]
    public bool IsEmpty => Paths.Count + Variables.Count + CertificateStores.Count + Databases.Count == 0;
}
