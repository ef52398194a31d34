using System.Runtime.Versioning;

namespace BackupModule.Core.Sources.Windows;

/// <summary>The rights that let administrators read and write what they are not named for. Having none of them is no
/// error; less can be read then.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsPrivileges
{
    private const uint AdjustAndQuery = 0x28;
    private const uint Enabled = 2;

    /// <summary>Enables those that the process has.</summary>
    public static void Enable(params string[] names)
    {
        nint token;
        if (!WindowsNativeMethods.OpenProcessToken(WindowsNativeMethods.CurrentProcess(), AdjustAndQuery, &token))
        {
            return;
        }

        // TOKEN_PRIVILEGES: the count, then one id in two halves with its attributes.
        uint* privileges = stackalloc uint[] { 1, 0, 0, Enabled };
        foreach (string name in names)
        {
            long id;
            if (WindowsNativeMethods.LookupPrivilege(null, name, &id))
            {
                (privileges[1], privileges[2]) = ((uint)id, (uint)(id >> 32));
                _ = WindowsNativeMethods.AdjustPrivileges(token, 0, privileges, 0, 0, 0);
            }
        }

        _ = WindowsNativeMethods.CloseHandle(token);
    }
}
