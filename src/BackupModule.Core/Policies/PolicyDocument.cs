using System.Text.Json.Serialization;

namespace BackupModule.Core.Policies;

/// <summary>A policy as a document of JSON. The order of members is that of the document.</summary>
internal sealed record PolicyDocument
{
    /// <summary>The version that this module writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Where an editor finds the schema; means nothing to the module.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The version of the document's schema.</summary>
    [JsonRequired]
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>The policy's name.</summary>
    public required string Name { get; init; }

    /// <summary>The policy that it inherits from.</summary>
    public string? BasedOn { get; init; }

    /// <summary>What it says itself; null, as a compiled serialiser sets where the document has none, for nothing.</summary>
    public PolicySettings Settings { get; init => field = value ?? new PolicySettings(); } = new();
}
