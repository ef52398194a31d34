using System;
using System.Runtime.Versioning;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Reads security descriptors: with audit rules as long as the process has the right to see them.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class SecurityDescriptorReader
{
    /// <summary>Owner, group, access rules, integrity label, resource attributes and central policy.</summary>
    public const uint CommonParts = 0x1 | 0x2 | 0x4 | 0x10 | 0x20 | 0x40;

    private const uint PrivilegedParts = CommonParts | 0x8 | 0x10000;
    private const int FileObject = 1;

    private volatile bool _isPrivileged = true;

    /// <summary>Reads the descriptor in self-relative form.</summary>
    /// <returns>0 or the error number.</returns>
    public int Read(string path, out byte[]? descriptor)
    {
        int error = 0;
        if (_isPrivileged)
        {
            error = Read(path, PrivilegedParts, out descriptor);
            if (error is not (WindowsErrors.AccessDenied or WindowsErrors.PrivilegeNotHeld))
            {
                return error;
            }
        }

        int plain = Read(path, CommonParts, out descriptor);
        _isPrivileged = _isPrivileged && !(error == WindowsErrors.PrivilegeNotHeld || (error != 0 && plain == 0));
        return plain;
    }

    private static int Read(string path, uint parts, out byte[]? descriptor)
    {
        nint owner, group, dacl, sacl, memory;
        descriptor = null;
        int error = WindowsNativeMethods.GetSecurity(
            path, FileObject, parts, &owner, &group, &dacl, &sacl, &memory);
        if (error == 0)
        {
            int length = (int)WindowsNativeMethods.GetDescriptorLength(memory);
            descriptor = new ReadOnlySpan<byte>((void*)memory, length).ToArray();
            _ = WindowsNativeMethods.LocalFree(memory);
        }

        return error;
    }
}
