using System;
using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Threading;
using BackupModule.Core.Sources.Windows;

namespace BackupModule.Core.Restore.Windows;

/// <summary>Applies security descriptors; without the rights of an administrator, their access rules alone.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class SecurityDescriptorWriter
{
    private const int FileObject = 1;
    private const int HeaderSize = 20;
    private const uint Owner = 0x1;
    private const uint Group = 0x2;
    private const uint AccessRules = 0x4;
    private const uint AuditRules = 0x8;
    private const uint ProtectedAccess = 0x8000_0000;
    private const uint ProtectedAudit = 0x4000_0000;
    private const uint UnprotectedAccess = 0x2000_0000;
    private const uint UnprotectedAudit = 0x1000_0000;
    private const ushort HasAccessRules = 0x4;
    private const ushort HasAuditRules = 0x10;
    private const ushort AccessIsProtected = 0x1000;
    private const ushort AuditIsProtected = 0x2000;

    private static readonly Lazy<bool> _privileges = new(
        static () =>
        {
            WindowsPrivileges.Enable("SeRestorePrivilege", "SeSecurityPrivilege", "SeTakeOwnershipPrivilege");
            return true;
        },
        LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Applies a self-relative descriptor.</summary>
    /// <returns>0 or the error number.</returns>
    public static int Write(string path, byte[] descriptor)
    {
        _ = _privileges.Value;
        if (descriptor.Length < HeaderSize)
        {
            return WindowsErrors.InvalidDescriptor;
        }

        // SECURITY_DESCRIPTOR_RELATIVE: revision, padding, control, then offsets of owner, group, SACL, DACL.
        ushort control = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(2));
        fixed (byte* start = descriptor)
        {
            nint owner = Part(start, descriptor, 4);
            nint group = Part(start, descriptor, 8);
            nint audit = Part(start, descriptor, 12);
            nint access = Part(start, descriptor, 16);
            uint rules = (control & HasAccessRules) == 0 ? 0
                : AccessRules | ((control & AccessIsProtected) != 0 ? ProtectedAccess : UnprotectedAccess);
            uint all = rules | (owner != 0 ? Owner : 0) | (group != 0 ? Group : 0);
            all |= (control & HasAuditRules) == 0 ? 0
                : AuditRules | ((control & AuditIsProtected) != 0 ? ProtectedAudit : UnprotectedAudit);

            int error = WindowsNativeMethods.SetSecurity(path, FileObject, all, owner, group, access, audit);
            return error is WindowsErrors.PrivilegeNotHeld or WindowsErrors.AccessDenied
                or WindowsErrors.InvalidOwner
                ? WindowsNativeMethods.SetSecurity(path, FileObject, rules, 0, 0, access, 0)
                : error;
        }
    }

    private static nint Part(byte* start, byte[] descriptor, int position)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(descriptor.AsSpan(position));
        return offset >= HeaderSize && offset < descriptor.Length ? (nint)(start + offset) : 0;
    }
}
