using System;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies;

/// <summary>A command that runs before or after a backup or restore.</summary>
public sealed record PolicyHook
{
    /// <summary>How long a hook may take where it does not say.</summary>
    public static TimeSpan DefaultTimeLimit { get; } = TimeSpan.FromMinutes(10);

    /// <summary>When it runs.</summary>
    public required HookStage Stage { get; init; }

    /// <summary>The command line, for the system's shell: <c>/bin/sh -c</c>, or <c>cmd.exe /c</c> on Windows.</summary>
    public required string Command { get; init; }

    /// <summary>How long it may take; then it is ended with everything it started. Zero stands for the default, which is
    /// also what a compiled serialiser sets where a document has none.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan TimeLimit { get; init => field = value == TimeSpan.Zero ? DefaultTimeLimit : value; } = DefaultTimeLimit;

    /// <summary>True to go on, with a warning, where it fails; else a failed hook before the work stops the work.</summary>
    public bool ContinueOnFailure { get; init; }
}
