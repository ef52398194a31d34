using System.Collections.Generic;

namespace BackupModule.Core.Maintenance;

/// <summary>What an undelete brought back.</summary>
/// <param name="Restored">The files that are there again.</param>
/// <param name="Failed">The keys of files that could not be brought back.</param>
/// <param name="LeftRemoved">The keys of hidden files that we had removed ourselves, and that stay removed.</param>
public sealed record UndeleteResult(
    IReadOnlyList<HiddenObject> Restored, IReadOnlyList<string> Failed, IReadOnlyList<string> LeftRemoved);
