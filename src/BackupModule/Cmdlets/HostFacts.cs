using System;
using System.Linq;
using System.Management.Automation.Host;

namespace BackupModule.Cmdlets;

/// <summary>What can be told about who is at the other end.</summary>
internal static class HostFacts
{
    // The host of a runspace that a program made without giving one.
    private const string NoHost = "Default Host";

    // pwsh and psbackup take any beginning of -NonInteractive that is long enough to be unique.
    private static readonly Lazy<bool> s_startedNonInteractive = new(() => Environment.GetCommandLineArgs()
        .Any(static argument => argument.Length >= 5
            && argument[0] == '-'
            && "-noninteractive".StartsWith(argument, StringComparison.OrdinalIgnoreCase)));

    /// <summary>True if a person may be watching and can answer.</summary>
    public static bool IsInteractive(PSHost host) =>
        Environment.UserInteractive && host.Name != NoHost && !s_startedNonInteractive.Value;
}
