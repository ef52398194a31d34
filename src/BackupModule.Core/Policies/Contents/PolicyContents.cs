using System.Collections.Generic;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Policies.Contents;

/// <summary>What a policy's backup holds, as things are on this machine at the moment.</summary>
public sealed record PolicyContents
{
    /// <summary>The files and folders that are there, and those that their links lead to.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>What of them is left out.</summary>
    public required ExcludeOptions Exclude { get; init; }

    /// <summary>Which paths belong to which component, the generated ones included.</summary>
    public required IReadOnlyList<ComponentPaths> Components { get; init; }

    /// <summary>Environment variables and certificates, as files.</summary>
    public IReadOnlyList<GeneratedFile> Generated { get; init; } = [];

    /// <summary>The database sources.</summary>
    public IReadOnlyList<DatabaseDefinition> Databases { get; init; } = [];

    /// <summary>Names of the environment variables.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>What the policy names and is not there, and what could not be read.</summary>
    public IReadOnlyList<BackupException> Failures { get; init; } = [];
}
