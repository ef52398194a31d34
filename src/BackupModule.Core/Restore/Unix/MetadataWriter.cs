using System.Collections.Generic;
using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Gives one entry its recorded metadata and remembers what failed. The order matters: a change of owner drops
/// set-id bits and capabilities, and all before the times changes them.</summary>
/// <param name="directory">The entry's directory.</param>
/// <param name="name">The entry's name.</param>
internal unsafe ref struct MetadataWriter(int directory, byte* name)
{
    private const uint Unchanged = uint.MaxValue;
    private const uint OwnerWrite = 0x80;

    private readonly List<string> _problems = [];

    /// <summary>Applies all that it can.</summary>
    /// <returns>Null, or what could not be set.</returns>
    public readonly BackupException? Apply(string path, TreeNode node)
    {
        FileStatus status;
        if (LinuxNativeMethods.Statx(
                directory, name, LinuxNativeMethods.SymlinkNoFollow, FileStatus.BasicFields, &status) != 0)
        {
            Note("all", LinuxNativeMethods.LastError);
        }
        else if (status.Type != node.Type)
        {
            _problems.Add($"all (it is no {node.Type} but a {status.Type} by now)");
        }
        else
        {
            ApplyOwner(node, status);
            ApplyAttributes(node, status);
            ApplyTimes(node);
            ApplyPermissions(node);
        }

        return Report(path);
    }

    private readonly void ApplyOwner(TreeNode node, in FileStatus status)
    {
        if ((node.UserId, node.GroupId) == (status.UserId, status.GroupId)
            || LinuxRestoreMethods.ChangeOwnerAt(
                directory, name, node.UserId, node.GroupId, LinuxNativeMethods.SymlinkNoFollow) == 0)
        {
            return;
        }

        int error = LinuxNativeMethods.LastError;
        if (error != Errno.NotPermitted || LinuxRestoreMethods.EffectiveUserId() == 0)
        {
            Note("owner", error);
            return;
        }

        // An ordinary user may give files to groups that he is in.
        _ = LinuxRestoreMethods.ChangeOwnerAt(
            directory, name, Unchanged, node.GroupId, LinuxNativeMethods.SymlinkNoFollow);
    }

    private readonly void ApplyAttributes(TreeNode node, in FileStatus status)
    {
        AttributeHolder holder = AttributeHolder.Entry(directory, name);
        int error = AttributeReader.Read(holder, out IReadOnlyList<ExtendedAttribute> present);
        if (error != 0)
        {
            Note("extended attributes", error);
            return;
        }

        if (node.ExtendedAttributes.Count == 0 && present.Count == 0)
        {
            return;
        }

        IReadOnlyList<(string Name, int Error)> failed =
            AttributeChanges.Apply(holder, present, node.ExtendedAttributes);
        if (failed.Count > 0 && (status.Mode & OwnerWrite) == 0 && status.Type != NodeType.SymbolicLink
            && PermissionChanger.Change(directory, name, status.Mode | OwnerWrite) == 0)
        {
            // An ordinary user's attributes need his own right to write; ApplyPermissions takes it away again.
            failed = AttributeChanges.Apply(holder, present, node.ExtendedAttributes);
        }

        foreach ((string attribute, int number) in failed)
        {
            Note($"extended attribute {RawText.ToDisplay(attribute)}", number);
        }
    }

    private readonly void ApplyTimes(TreeNode node)
    {
        long* times = stackalloc long[4];
        (times[0], times[1]) = (node.AccessTime.Seconds, node.AccessTime.Nanoseconds);
        (times[2], times[3]) = (node.ModifiedTime.Seconds, node.ModifiedTime.Nanoseconds);
        if (LinuxRestoreMethods.SetTimesAt(directory, name, times, LinuxNativeMethods.SymlinkNoFollow) != 0)
        {
            Note("times", LinuxNativeMethods.LastError);
        }
    }

    private readonly void ApplyPermissions(TreeNode node)
    {
        if (node.Type == NodeType.SymbolicLink)
        {
            return;
        }

        int error = PermissionChanger.Change(directory, name, GoFileMode.ToUnixPermissions(node.Mode));
        if (error != 0)
        {
            Note("permissions", error);
        }
    }

    private readonly void Note(string what, int error) =>
        _problems.Add($"{what} ({Marshal.GetPInvokeErrorMessage(error)})");

    private readonly BackupException? Report(string path)
    {
        if (_problems.Count == 0)
        {
            return null;
        }

        string shown = path.Length == 0 ? "." : RawText.ToDisplay(path);
        return new BackupException(
            BackupErrorKind.MetadataIncomplete,
            $"Not all metadata of '{shown}' could be set: {string.Join(", ", _problems)}.",
            "Restore as root, to a file system that supports the metadata, or accept the difference.")
        { Subject = shown };
    }
}
