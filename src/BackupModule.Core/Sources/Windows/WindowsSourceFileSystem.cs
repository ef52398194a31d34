using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Windows;

/// <summary>
/// Reads Windows' file systems. Paths are absolute, with either slash. Alternate data streams and NTFS' extended
/// attributes are not read; reparse points other than symbolic links are <see cref="NodeType.Irregular"/>.
/// </summary>
[SupportedOSPlatform("windows")]
public sealed unsafe class WindowsSourceFileSystem : ISourceFileSystem
{
    private const int BasicInformation = 1;
    private const uint LargeFetch = 2;
    private const uint ReadAccess = 0x8000_0000;
    private const uint ShareAll = 7;
    private const uint OpenExisting = 3;
    private const uint BackupSemantics = 0x0200_0000;
    private const uint OpenReparsePoint = 0x0020_0000;
    private const uint SequentialScan = 0x0800_0000;
    private const int AttributeTagInformation = 9;

    private readonly WindowsNodeFactory _nodes;
    private readonly SecurityDescriptorReader _security = new();

    /// <summary>Makes a reader, and enables the process' rights to read everything as far as it has them.</summary>
    /// <param name="zone">The zone that times are spelled in; restic uses the machine's.</param>
    /// <param name="recordAccessTime">False to record the modification time in the access time's place.</param>
    public WindowsSourceFileSystem(TimeZoneInfo zone, bool recordAccessTime)
    {
        _nodes = new WindowsNodeFactory(zone, recordAccessTime);
        WindowsPrivileges.Enable("SeBackupPrivilege", "SeSecurityPrivilege");
    }

    /// <inheritdoc/>
    public TreeNode ReadNode(string path)
    {
        int error = Look(WindowsPath.ToVerbatim(path), out FileFacts facts);
        if (error != 0)
        {
            throw WindowsErrors.Create(error, path, "read the metadata of");
        }

        TreeNode node = Describe(WindowsPath.LastPart(path), path, facts, out BackupException? failure);
        return failure is null ? node : throw failure;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept)
    {
        List<SourceEntry> entries = [];
        FindData data;
        nint search = WindowsNativeMethods.FindFirst(
            WindowsPath.ToVerbatim(path).TrimEnd('\\') + @"\*", BasicInformation, &data, 0, 0, LargeFetch);
        if (search == -1)
        {
            throw WindowsErrors.Create(Marshal.GetLastPInvokeError(), path, "list");
        }

        int error;
        try
        {
            do
            {
                string name = data.ReadName();
                if (name is not ("." or "..") && accept(name))
                {
                    TreeNode node = Describe(name, $@"{path.TrimEnd('\\', '/')}\{name}", data.Facts, out BackupException? failure);
                    entries.Add(new SourceEntry(name, node, failure));
                }
            }
            while (WindowsNativeMethods.FindNext(search, &data));

            error = Marshal.GetLastPInvokeError();
        }
        finally
        {
            _ = WindowsNativeMethods.FindClose(search);
        }

        if (error != WindowsErrors.NoMoreFiles)
        {
            throw WindowsErrors.Create(error, path, "list");
        }

        entries.Sort(static (left, right) => RawText.ByteOrder.Compare(left.Name, right.Name));
        return entries;
    }

    /// <inheritdoc/>
    public ISourceFile OpenFile(string path)
    {
        SafeFileHandle handle = Open(path, OpenReparsePoint, out FileFacts facts);
        if (facts.Type == NodeType.File && facts.ReparseTag != 0)
        {
            // Opened as itself, a deduplicated file shows no content.
            handle.Dispose();
            handle = Open(path, 0, out _);
        }

        if (facts.Type == NodeType.File)
        {
            return new WindowsSourceFile(handle, facts.ReparseTag, path, this);
        }

        handle.Dispose();
        string shown = RawText.ToDisplay(path);
        throw new BackupException(BackupErrorKind.SourceChanged, $"'{shown}' is not a regular file any more.")
        {
            Subject = shown,
        };
    }

    /// <summary>Finds out what is at a verbatim path, without following a link.</summary>
    /// <returns>0 or the error number.</returns>
    internal static int Look(string path, out FileFacts facts)
    {
        FindData data = default;
        bool found = WindowsNativeMethods.GetFileAttributes(path, 0, &data);
        if (found && (data.Attributes & FileFacts.ReparsePoint) != 0)
        {
            // Only this call tells the kind of reparse point; it does not know the roots of drives.
            nint search = WindowsNativeMethods.FindFirst(path, BasicInformation, &data, 0, 0, 0);
            found = search != -1 && WindowsNativeMethods.FindClose(search);
        }

        facts = data.Facts;
        return found ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The node for a file, with the failure if its security descriptor or link cannot be read.</summary>
    internal TreeNode Describe(string name, string path, FileFacts facts, out BackupException? failure)
    {
        failure = null;
        string target = string.Empty;
        string verbatim = WindowsPath.ToVerbatim(path);
        if (facts.Type == NodeType.SymbolicLink)
        {
            try
            {
                target = WindowsText.ToRaw(new FileInfo(verbatim).LinkTarget ?? string.Empty);
            }
            catch (IOException e)
            {
                failure = WindowsErrors.Create(e.HResult & 0xffff, path, "read the symbolic link");
            }
        }

        if (WindowsPath.IsRoot(path) || name.Contains(':'))
        {
            return _nodes.Create(name, facts, target, []);
        }

        byte[]? descriptor = null;
        if (facts.Type is NodeType.File or NodeType.Directory)
        {
            int error = _security.Read(verbatim, out descriptor);
            failure = error == 0 ? null : WindowsErrors.Create(error, path, "read the security descriptor of");
        }

        return _nodes.Create(
            name, facts, target, GenericAttributes.Write(facts.CreationTime, facts.Attributes, descriptor));
    }

    private static SafeFileHandle Open(string path, uint flags, out FileFacts facts)
    {
        SafeFileHandle handle = WindowsNativeMethods.CreateFile(
            WindowsPath.ToVerbatim(path), ReadAccess, ShareAll, 0, OpenExisting,
            BackupSemantics | SequentialScan | flags, 0);
        HandleInformation information;
        uint* tag = stackalloc uint[2];
        if (handle.IsInvalid
            || !WindowsNativeMethods.GetInformation(handle, &information)
            || !WindowsNativeMethods.GetInformation(handle, AttributeTagInformation, tag, 2 * sizeof(uint)))
        {
            int error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw WindowsErrors.Create(error, path, "open");
        }

        facts = information.ToFacts((information.Attributes & FileFacts.ReparsePoint) != 0 ? tag[1] : 0);
        return handle;
    }
}
