namespace BackupModule.Core.Storage;

/// <summary>What a bucket does with our objects on its own account.</summary>
public sealed record StoreRules
{
    /// <summary>The rule that deletes objects of ours, in words such as <c>the rule 'tidy' deletes objects below data/ after 30
    /// days</c>; null if there is none.</summary>
    public string? Expiry { get; init; }

    /// <summary>True where the bucket keeps what is deleted or replaced as an old version.</summary>
    public bool KeepsVersions { get; init; }

    /// <summary>After how many days old versions are deleted; null for never, or where none are kept.</summary>
    public int? VersionDays { get; init; }
}
