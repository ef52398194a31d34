using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Windows;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Windows;

/// <summary>Gives an entry its recorded metadata: security descriptor, times, and last the attributes, since a read-only
/// file takes nothing more.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsMetadata
{
    private const uint WriteAttributes = 0x100;
    private const uint ShareAll = 7;
    private const uint OpenExisting = 3;
    private const uint OpenItself = 0x0220_0000;
    private const uint SettableAttributes = 0x1 | 0x2 | 0x4 | 0x20 | 0x100 | 0x1000 | 0x2000;
    private const uint OwnerMayWrite = 0x80;
    private const long EpochSeconds = 11_644_473_600;

    /// <summary>Applies all that it can.</summary>
    /// <param name="path">The entry's path, for messages.</param>
    /// <param name="verbatim">The entry's path for Windows.</param>
    /// <param name="node">What to apply.</param>
    /// <returns>Null, or what could not be set.</returns>
    public static BackupException? Apply(string path, string verbatim, TreeNode node)
    {
        List<string> problems = [];
        if (GenericAttributes.ReadSecurityDescriptor(node) is { } descriptor)
        {
            Note("security descriptor", SecurityDescriptorWriter.Write(verbatim, descriptor));
        }

        Note("times", SetTimes(verbatim, node));
        if (node.Type is NodeType.File or NodeType.Directory)
        {
            uint attributes = GenericAttributes.ReadFileAttributes(node)
                ?? ((node.Mode & OwnerMayWrite) == 0 ? FileFacts.ReadOnly : 0);
            attributes &= SettableAttributes;
            Note("attributes", WindowsNativeMethods.SetFileAttributes(
                verbatim, attributes == 0 ? FileFacts.Normal : attributes) ? 0 : Marshal.GetLastPInvokeError());
        }

        string shown = path.Length == 0 ? "." : RawText.ToDisplay(path);
        return problems.Count == 0 ? null : new BackupException(
            BackupErrorKind.MetadataIncomplete,
            $"Not all metadata of '{shown}' could be set: {string.Join(", ", problems)}.",
            "Restore as an administrator, to an NTFS volume, or accept the difference.")
        { Subject = shown };

        void Note(string what, int error)
        {
            if (error != 0)
            {
                problems.Add($"{what} ({Marshal.GetPInvokeErrorMessage(error).TrimEnd('.')})");
            }
        }
    }

    private static int SetTimes(string verbatim, TreeNode node)
    {
        using SafeFileHandle handle = WindowsNativeMethods.CreateFile(
            verbatim, WriteAttributes, ShareAll, 0, OpenExisting, OpenItself, 0);
        if (handle.IsInvalid)
        {
            return Marshal.GetLastPInvokeError();
        }

        long access = FileTime(node.AccessTime);
        long write = FileTime(node.ModifiedTime);
        long creation = GenericAttributes.ReadCreationTime(node) ?? 0;
        return WindowsNativeMethods.SetFileTime(handle, creation > 0 ? &creation : null, &access, &write)
            ? 0
            : Marshal.GetLastPInvokeError();
    }

    // Windows counts from 1601; it takes 0 for "leave it".
    private static long FileTime(FileTimestamp time) => Math.Max(
        1, ((time.Seconds + EpochSeconds) * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
}
