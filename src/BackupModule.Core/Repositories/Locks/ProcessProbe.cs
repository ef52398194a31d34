using System;
using System.ComponentModel;
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

    /// <summary>The program that the process runs; null if that cannot be told.</summary>
    public static string? NameOf(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.ProcessName;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
