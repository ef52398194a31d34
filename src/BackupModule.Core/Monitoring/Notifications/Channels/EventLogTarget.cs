using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>The log <c>Application</c> of Windows.</summary>
public sealed record EventLogTarget : ChannelTarget
{
    /// <summary>The source that events are written under, unless another is given.</summary>
    public const string DefaultSource = "BackupModule";

    // As the registry's names of keys.
    private const int LongestSource = 212;

    /// <summary>The source that events are written under.</summary>
    public string Source { get; init; } = DefaultSource;

    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.EventLog;

    /// <inheritdoc/>
    public override string Address => $"Application, {Source}";

    /// <summary>Fails where there is no event log.</summary>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>.</exception>
    public static void RequirePlatform()
    {
        if (!OperatingSystem.IsWindows())
        {
            throw Unsupported();
        }
    }

    /// <summary>The failure where there is no event log.</summary>
    internal static BackupException Unsupported() => new(
        BackupErrorKind.PlatformUnsupported, "Only Windows has an event log.", "Use syslog on this machine.");

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Source.Trim().Length == 0 || Source.Length > LongestSource || Source.Contains('\\', StringComparison.Ordinal))
        {
            throw Refuse(
                "The source of events has no name that Windows takes.", $"Give up to {LongestSource} characters without '\\'.");
        }
    }
}
