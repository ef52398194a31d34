namespace BackupModule.Core.Databases.Agreement;

/// <summary>What the manifest says of the uploads that a database names.</summary>
/// <param name="Count">How many paths the query gave.</param>
public sealed record UploadFacts(long Count);
