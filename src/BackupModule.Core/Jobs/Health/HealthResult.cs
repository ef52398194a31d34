using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Jobs.Health;

/// <summary>Whether an application was found to work.</summary>
/// <param name="Address">What was asked.</param>
/// <param name="Passed">True if it answered as it should, in time.</param>
/// <param name="Attempts">How often it was asked.</param>
/// <param name="Duration">How long it took until the last answer.</param>
/// <param name="Message">What was wrong with the last answer; null where nothing was.</param>
public sealed record HealthResult(string Address, bool Passed, int Attempts, TimeSpan Duration, string? Message)
{
    /// <summary>The error for a check that failed after a restore.</summary>
    public BackupException ToFailure() => new(
        BackupErrorKind.HealthCheckFailed,
        $"The application does not answer at {Address}: {Message}; asked {Attempts} times in {Math.Round(Duration.TotalSeconds)} s.",
        "What was asked for is restored. Look at the application's log and at its services; where it only starts slowly, give the policy "
            + "a longer -HealthCheckTimeout.")
    {
        Subject = Address,
    };
}
