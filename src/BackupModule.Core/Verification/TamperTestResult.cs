using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Verification;

/// <summary>What a tamper test saw.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Mode">How the repository's objects are locked.</param>
/// <param name="Findings">The attempts, in their order.</param>
/// <param name="Duration">How long it took.</param>
public sealed record TamperTestResult(
    DateTimeOffset Time, StoreLockMode Mode, IReadOnlyList<TamperFinding> Findings, TimeSpan Duration)
{
    /// <summary>True if every attempt that could do damage was refused.</summary>
    public bool Passed => Findings.Any(static finding => finding.Outcome == TamperOutcome.Refused)
        && Findings.All(static finding => finding.Outcome is TamperOutcome.Refused or TamperOutcome.Harmless);

    /// <summary>The record that is kept as evidence.</summary>
    internal byte[] Encode() => JsonFile.Encode(writer =>
    {
        writer.WriteString("kind"u8, "tamper-test"u8);
        writer.WriteString("time"u8, Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("mode"u8, Mode.ToString());
        writer.WriteBoolean("passed"u8, Passed);
        writer.WriteStartArray("findings"u8);
        foreach (TamperFinding finding in Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("attempt"u8, finding.Attempt);
            writer.WriteString("target"u8, finding.Target);
            writer.WriteString("outcome"u8, finding.Outcome.ToString());
            writer.WriteString("message"u8, finding.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
