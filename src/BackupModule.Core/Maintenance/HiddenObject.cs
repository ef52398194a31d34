using System.Collections.Generic;

namespace BackupModule.Core.Maintenance;

/// <summary>A file of a repository that delete markers hide.</summary>
/// <param name="Key">Its store key.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Markers">The versions of the markers above it.</param>
public sealed record HiddenObject(string Key, long Size, IReadOnlyList<string> Markers);
