using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>A reason not to carry a plan out before somebody has looked at it.</summary>
/// <param name="Kind">What is suspicious.</param>
/// <param name="Message">What would happen, as a sentence.</param>
/// <param name="Guidance">What to look at, as a sentence.</param>
public sealed record RetentionObjection(RetentionObjectionKind Kind, string Message, string Guidance)
{
    /// <summary>The objection as the error that stops a plan.</summary>
    public BackupException ToException() => new(
        Kind == RetentionObjectionKind.UnusualShare ? BackupErrorKind.RetentionUnusual : BackupErrorKind.ClockSkewed,
        Message + " Nothing was removed.",
        Guidance);
}
