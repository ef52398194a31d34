using System.Collections.Generic;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>One page of a listing.</summary>
/// <param name="Items">The objects; null for none.</param>
/// <param name="NextPageToken">What asks for the next page; null for the last.</param>
internal sealed record GcsPage(IReadOnlyList<GcsItem>? Items, string? NextPageToken);
