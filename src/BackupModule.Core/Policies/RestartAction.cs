namespace BackupModule.Core.Policies;

/// <summary>What brings the application up again after a restore in place: a service of the system, or a command.</summary>
/// <param name="Service">The service's name, for systemd or the Windows service manager; null for a command.</param>
/// <param name="Command">The command line, for the system's shell; null for a service.</param>
/// <param name="StopsBefore">True for a service that stands still during the restore: it is stopped before and started after it.
/// </param>
public sealed record RestartAction(string? Service = null, string? Command = null, bool StopsBefore = false);
