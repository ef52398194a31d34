using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>
/// A folder on Linux. Every directory on the way to an entry is opened beneath the folder's own descriptor without
/// following links, and the entry itself is named relative to it, so that not even somebody who exchanges directories
/// for links meanwhile leads a restore astray.
/// </summary>
public sealed unsafe class UnixRestoreTarget : IRestoreTarget
{
    private const uint OwnerReadWrite = 0x180;
    private const uint OwnerAll = 0x1c0;
    private const uint AllPermissions = 0xfff;
    private const int LookFlags = LinuxNativeMethods.SymlinkNoFollow | LinuxNativeMethods.NoAutomount;

    private static readonly int _fileFlags = OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.CloseOnExec;

    private readonly UnixNodeFactory _nodes = new(TimeZoneInfo.Utc, recordAccessTime: true);
    private readonly uint _userId = LinuxRestoreMethods.EffectiveUserId();
    private readonly uint _groupId = LinuxRestoreMethods.EffectiveGroupId();
    private readonly SafeFileHandle _root;
    private readonly DirectoryCache _directories;

    /// <summary>Opens the folder; makes it, and those above it, if it is not there.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>, <c>StorageFull</c>.</exception>
    public UnixRestoreTarget(string directory)
    {
        Root = Path.GetFullPath(directory);
        _root = RootFolder.Open(Root);
        _directories = new DirectoryCache(_root);
    }

    /// <inheritdoc/>
    public string Root { get; }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public TreeNode? ReadNode(string path)
    {
        RestorePath.Check(path);
        DirectoryLease? lease = _directories.Lease(RestorePath.Parent(path), out int error);
        if (lease is not { } directory)
        {
            return error is Errno.NoEntry or Errno.NotDirectory
                ? null
                : throw UnixRestoreErrors.Create(error, path, "read the metadata of");
        }

        using RestorePlace place = new(directory, NameOf(path), stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        {
            FileStatus status;
            string target = string.Empty;
            if (LinuxNativeMethods.Statx(place.Directory, name, LookFlags, FileStatus.BasicFields, &status) == 0
                && (status.Type != NodeType.SymbolicLink
                    || SymbolicLinkReader.TryRead(place.Directory, name, out target)))
            {
                return _nodes.Create(path[RestorePath.NameStart(path)..], status, target, []);
            }

            error = LinuxNativeMethods.LastError;
            return error == Errno.NoEntry ? null : throw UnixRestoreErrors.Create(error, path, "read the metadata of");
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public IReadOnlyList<string> ListNames(string path)
    {
        using RestorePlace place = Locate(path, "list", stackalloc byte[PathBytes.StackSize]);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DirectoryReader.BufferSize);
        try
        {
            int flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
            using SafeFileHandle directory = Open(place, path, flags, "list");
            DirectoryReader reader = new((int)directory.DangerousGetHandle(), buffer);
            List<string> names = [];
            while (reader.MoveNext())
            {
                names.Add(RawText.Decode(reader.Name));
            }

            names.Sort(RawText.ByteOrder);
            return reader.Error == 0 ? names : throw UnixRestoreErrors.Create(reader.Error, path, "list");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void CreateDirectory(string path)
    {
        using RestorePlace place = Locate(path, "create the directory", stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        {
            if (path.Length > 0 && LinuxRestoreMethods.MakeDirectoryAt(place.Directory, name, OwnerAll) == 0)
            {
                return;
            }

            int error = path.Length > 0 ? LinuxNativeMethods.LastError : Errno.Exists;
            FileStatus status;
            if (error != Errno.Exists
                || LinuxNativeMethods.Statx(place.Directory, name, LookFlags, FileStatus.BasicFields, &status) != 0)
            {
                throw UnixRestoreErrors.Create(error, path, "create the directory");
            }

            if (status.Type != NodeType.Directory)
            {
                error = status.Type == NodeType.SymbolicLink ? Errno.LinkLoop : Errno.NotDirectory;
                throw UnixRestoreErrors.Create(error, path, "create the directory");
            }

            if ((status.Mode & OwnerAll) != OwnerAll && LinuxRestoreMethods.EffectiveUserId() != 0)
            {
                // Left closed by an earlier restore. If it is somebody else's, writing into it says so.
                _ = PermissionChanger.Change(place.Directory, name, (status.Mode & AllPermissions) | OwnerAll);
            }
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Delete(string path)
    {
        RestorePath.CheckName(path[RestorePath.NameStart(path)..]);
        RestorePath.Check(path);
        DirectoryLease? lease = _directories.Lease(RestorePath.Parent(path), out int error);
        if (lease is { } directory)
        {
            using RestorePlace place = new(directory, NameOf(path), stackalloc byte[PathBytes.StackSize]);
            error = TreeRemover.Remove(place.Directory, place.Name);
            _directories.Forget(path);
        }

        bool hasNoPlace = lease is null && (error is Errno.NoEntry or Errno.NotDirectory);
        if (error != 0 && !hasNoPlace)
        {
            throw UnixRestoreErrors.Create(error, path, "delete");
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public IRestoreFile CreateFile(string path)
    {
        const string Action = "create the file";
        using RestorePlace place = Locate(path, Action, stackalloc byte[PathBytes.StackSize]);
        return new UnixRestoreFile(
            Open(place, path, _fileFlags | OpenFlags.Create | OpenFlags.Exclusive, Action), path);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public BackupException? WriteFile(string path, TreeNode node, ReadOnlySpan<byte> content)
    {
        const string Action = "create the file";
        using RestorePlace place = Locate(path, Action, stackalloc byte[PathBytes.StackSize]);
        SafeFileHandle handle = Open(
            place, path, _fileFlags | OpenFlags.Create | OpenFlags.Exclusive, Action, FirstPermissions(node));
        using UnixRestoreFile file = new(handle, path);
        try
        {
            file.Write(0, content);
        }
        catch (BackupException)
        {
            _ = TreeRemover.Remove(place.Directory, place.Name);
            throw;
        }

        return file.Complete(node);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public IRestoreFile OpenFile(string path)
    {
        const string Action = "open the file";
        using RestorePlace place = Locate(path, Action, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        {
            FileStatus status;
            int error = LinuxNativeMethods.Statx(place.Directory, name, LookFlags, FileStatus.BasicFields, &status) == 0
                ? 0
                : LinuxNativeMethods.LastError;
            if (error == 0 && status.Type != NodeType.File)
            {
                error = status.Type == NodeType.SymbolicLink ? Errno.LinkLoop : Errno.NoDeviceOrAddress;
            }

            if (error != 0)
            {
                throw UnixRestoreErrors.Create(error, path, Action);
            }

            if ((status.Mode & OwnerReadWrite) != OwnerReadWrite && LinuxRestoreMethods.EffectiveUserId() != 0)
            {
                // Left closed by an earlier restore; its permissions are applied again in the end.
                _ = PermissionChanger.Change(place.Directory, name, OwnerReadWrite);
            }

            // NonBlocking: nobody exchanges the file for a named pipe and lets us wait.
            return new UnixRestoreFile(Open(place, path, _fileFlags | OpenFlags.NonBlocking, Action), path);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Rename(string path, string newName)
    {
        RestorePath.CheckName(newName);
        using RestorePlace place = Locate(path, "rename", stackalloc byte[PathBytes.StackSize]);
        using PathBytes newBytes = new(newName, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        fixed (byte* target = newBytes)
        {
            Check(LinuxRestoreMethods.RenameAt(place.Directory, name, place.Directory, target), path, "rename");
        }

        _directories.Forget(path);
        _directories.Forget(string.Concat(path.AsSpan(0, RestorePath.NameStart(path)), newName));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void CreateSpecial(string path, TreeNode node)
    {
        const string Action = "create";
        using RestorePlace place = Locate(path, Action, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        {
            int result;
            if (node.Type == NodeType.SymbolicLink)
            {
                using PathBytes bytes = new(node.LinkTarget, stackalloc byte[PathBytes.StackSize]);
                fixed (byte* target = bytes)
                {
                    result = LinuxRestoreMethods.SymlinkAt(target, place.Directory, name);
                }
            }
            else
            {
                result = (int)LinuxNativeMethods.SystemCall(
                    SystemCallNumbers.MakeNodeAt, place.Directory, (nint)name,
                    (nint)(UnixType(path, node) | OwnerReadWrite), (nint)(uint)node.Device, 0, 0);
            }

            Check(result, path, Action);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void CreateHardLink(string path, string existingPath)
    {
        const string Action = "create the hard link";
        using RestorePlace place = Locate(path, Action, stackalloc byte[PathBytes.StackSize]);
        using RestorePlace existing = Locate(existingPath, Action, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        fixed (byte* source = existing)
        {
            Check(LinuxRestoreMethods.LinkAt(existing.Directory, source, place.Directory, name, 0), path, Action);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public BackupException? ApplyMetadata(string path, TreeNode node)
    {
        using RestorePlace place = Locate(path, "set the metadata of", stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = place)
        {
            return new MetadataWriter(MetadataHolder.Entry(place.Directory, name)).Apply(path, node);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directories.Dispose();
        _root.Dispose();
    }

    private static uint UnixType(string path, TreeNode node) => node.Type switch
    {
        NodeType.Fifo => 0x1000,
        NodeType.CharacterDevice => 0x2000,
        NodeType.BlockDevice => 0x6000,
        _ => throw new BackupException(
            BackupErrorKind.InvalidArgument, $"A {node.Type} cannot be created at '{RawText.ToDisplay(path)}'."),
    };

    // The folder itself is found from within.
    private static ReadOnlySpan<char> NameOf(string path) =>
        path.Length == 0 ? "." : path.AsSpan(RestorePath.NameStart(path));

    // Whoever owns what this process creates may have it with its permissions at once; for others it stays closed until
    // it is theirs. Bits that give rights to those who run it come last in any case.
    private uint FirstPermissions(TreeNode node) =>
        (node.UserId, node.GroupId) == (_userId, _groupId) ? node.Mode & GoFileMode.Permissions : OwnerReadWrite;

    private static SafeFileHandle Open(
        in RestorePlace place, string path, int flags, string action, uint permissions = OwnerReadWrite)
    {
        fixed (byte* name = place)
        {
            int descriptor = LinuxNativeMethods.OpenAt(place.Directory, name, flags, permissions);
            return descriptor >= 0
                ? new SafeFileHandle(descriptor, ownsHandle: true)
                : throw UnixRestoreErrors.Create(LinuxNativeMethods.LastError, path, action);
        }
    }

    private static void Check(int result, string path, string action)
    {
        if (result != 0)
        {
            throw UnixRestoreErrors.Create(LinuxNativeMethods.LastError, path, action);
        }
    }

    private RestorePlace Locate(string path, string action, Span<byte> buffer)
    {
        RestorePath.Check(path);
        return _directories.Lease(RestorePath.Parent(path), out int error) is { } directory
            ? new RestorePlace(directory, NameOf(path), buffer)
            : throw UnixRestoreErrors.Create(error, path, action);
    }
}
