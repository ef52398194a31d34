using System;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>Asks whether a process of this machine exists.</summary>
internal static partial class ProcessProbe
{
    private const int NoSuchProcess = 3;

    /// <summary>False only if there is surely no such process.</summary>
    public static bool MayExist(int processId)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                using Process process = Process.GetProcessById(processId);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        // Signal 0 checks without sending.
        return processId <= 0 || Kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
