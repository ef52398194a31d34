using System;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>
/// Keeps the process alive when it gets SIGHUP. <c>restic unlock</c> on the same machine sends that signal to the
/// process named in a lock to see whether it lives, and its default action would end us.
/// </summary>
internal static class HangupGuard
{
    private static readonly Lazy<PosixSignalRegistration?> s_registration = new(Register);

    /// <summary>Installs the guard; once is enough for the process.</summary>
    public static void Install() => _ = s_registration.Value;

    private static PosixSignalRegistration? Register() => OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true);
}
