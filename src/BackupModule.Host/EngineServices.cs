using System;

namespace BackupModule.Host;

/// <summary>What the PowerShell engine starts on its own account, and a console for backups has no use for.</summary>
internal static class EngineServices
{
    private static readonly string[] s_optOuts =
    [
        // Usage reports to Microsoft.
        "POWERSHELL_TELEMETRY_OPTOUT",

        // A named pipe through which other processes of the user enter this one and run commands in it.
        "POWERSHELL_DIAGNOSTICS_OPTOUT",
    ];

    /// <summary>Switches them off where the caller's environment says nothing else. Each costs start-up time, too.
    /// To be called before the engine is: it looks at the environment once.</summary>
    public static void SwitchOff()
    {
        foreach (string name in s_optOuts)
        {
            Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? "1");
        }
    }
}
