using System;
using System.Runtime.InteropServices;
using System.Text;

namespace BackupModule.Core.Diagnostics;

/// <summary>Who this process is, as restic records it in snapshots, keys and locks.</summary>
/// <param name="HostName">The machine's whole host name.</param>
/// <param name="UserName">The user's name; DOMAIN\user on Windows.</param>
/// <param name="UserId">The user's number; 0 on Windows.</param>
/// <param name="GroupId">The group's number; 0 on Windows.</param>
/// <param name="ProcessId">The process's number.</param>
public sealed partial record MachineIdentity(
    string HostName, string UserName, uint UserId, uint GroupId, int ProcessId)
{
    private static readonly Lazy<MachineIdentity> s_current = new(Read);

    /// <summary>This process.</summary>
    public static MachineIdentity Current => s_current.Value;

    private static MachineIdentity Read()
    {
        if (OperatingSystem.IsWindows())
        {
            string user = $"{Environment.UserDomainName}\\{Environment.UserName}";
            return new MachineIdentity(Environment.MachineName, user, 0, 0, Environment.ProcessId);
        }

        return new MachineIdentity(
            ReadHostName(), Environment.UserName, GetUserId(), GetGroupId(), Environment.ProcessId);
    }

    // Environment.MachineName cuts the name at its first dot; restic does not.
    private static string ReadHostName()
    {
        Span<byte> name = stackalloc byte[256];
        return GetHostName(name, (nuint)name.Length - 1) == 0
            ? Encoding.UTF8.GetString(name[..Math.Max(0, name.IndexOf((byte)0))])
            : Environment.MachineName;
    }

    [LibraryImport("libc", EntryPoint = "gethostname")]
    private static partial int GetHostName(Span<byte> name, nuint length);

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "getgid")]
    private static partial uint GetGroupId();
}
