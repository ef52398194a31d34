using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Jobs;

/// <summary>A job was done, and what it came to is a failure.</summary>
/// <param name="outcome">What it came to.</param>
/// <param name="failure">Why that is a failure.</param>
internal sealed class JobFailedException(JobOutcome outcome, BackupException failure) : Exception(failure.Message, failure)
{
    /// <summary>What it came to.</summary>
    public JobOutcome Outcome => outcome;

    /// <summary>Why that is a failure.</summary>
    public BackupException Failure => failure;
}
