namespace BackupModule.Compare.Results;

/// <summary>A data set that was backed up.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it holds.</param>
/// <param name="Bytes">Length of all its files together, before the change.</param>
internal sealed record DataSetFacts(string Name, string Description, long Bytes);
