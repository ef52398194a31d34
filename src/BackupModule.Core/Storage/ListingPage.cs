using System.Collections.Generic;

namespace BackupModule.Core.Storage;

/// <summary>One page of a server's listing.</summary>
/// <param name="Items">The objects on it.</param>
/// <param name="Next">The server's word for the next page; null or empty on the last.</param>
internal sealed record ListingPage(IEnumerable<StoredObject> Items, string? Next);
