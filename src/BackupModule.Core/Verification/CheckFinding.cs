using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Verification;

/// <summary>Something a check found.</summary>
/// <param name="Kind">What is wrong, as an error's stable name.</param>
/// <param name="Subject">The file or blob it concerns.</param>
/// <param name="Message">What was found.</param>
/// <param name="IsError">True if data is lost or in danger; false for what a prune or repair tidies up.</param>
public sealed record CheckFinding(BackupErrorKind Kind, string Subject, string Message, bool IsError);
