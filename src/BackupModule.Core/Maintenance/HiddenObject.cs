using System.Collections.Generic;

namespace BackupModule.Core.Maintenance;

/// <summary>A file of a repository that delete markers hide, or other content that was put over it.</summary>
/// <param name="Key">Its store key.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="VersionId">The version with its content.</param>
/// <param name="Above">The versions and markers that stand above that.</param>
public sealed record HiddenObject(string Key, long Size, string VersionId, IReadOnlyList<string> Above);
