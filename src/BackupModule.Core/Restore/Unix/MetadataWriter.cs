using System.Collections.Generic;
using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Gives one entry its recorded metadata and remembers what failed. The order matters: a change of owner drops
/// set-id bits and capabilities, and all before the times changes them. What is right already is left alone.</summary>
/// <param name="entry">The entry.</param>
internal unsafe ref struct MetadataWriter(MetadataHolder entry)
{
    private const uint Unchanged = uint.MaxValue;
    private const uint OwnerWrite = 0x80;
    private const uint AllPermissions = 0xfff;

    private readonly MetadataHolder _entry = entry;
    private List<string>? _problems;

    /// <summary>Applies all that it can.</summary>
    /// <returns>Null, or what could not be set.</returns>
    public BackupException? Apply(string path, TreeNode node)
    {
        FileStatus status;
        int error = _entry.ReadStatus(&status);
        if (error != 0)
        {
            Note("all", error);
        }
        else if (status.Type != node.Type)
        {
            Note($"all (it is no {node.Type} but a {status.Type} by now)");
        }
        else
        {
            bool hasNewOwner = ApplyOwner(node, status);
            bool hasNewAttributes = ApplyAttributes(node, status);
            ApplyTimes(node);
            uint permissions = GoFileMode.ToUnixPermissions(node.Mode);
            if (hasNewOwner || hasNewAttributes || (status.Mode & AllPermissions) != permissions)
            {
                ApplyPermissions(node, permissions);
            }
        }

        return Report(path);
    }

    /// <returns>True if it was changed.</returns>
    private bool ApplyOwner(TreeNode node, in FileStatus status)
    {
        if ((node.UserId, node.GroupId) == (status.UserId, status.GroupId))
        {
            return false;
        }

        int error = _entry.ChangeOwner(node.UserId, node.GroupId);
        if (error == Errno.NotPermitted && LinuxRestoreMethods.EffectiveUserId() != 0)
        {
            // An ordinary user may give files to groups that he is in.
            _ = _entry.ChangeOwner(Unchanged, node.GroupId);
        }
        else if (error != 0)
        {
            Note("owner", error);
        }

        return true;
    }

    /// <returns>True if some may have been changed.</returns>
    private bool ApplyAttributes(TreeNode node, in FileStatus status)
    {
        AttributeHolder holder = _entry.Attributes;
        int error = AttributeReader.Read(holder, out IReadOnlyList<ExtendedAttribute> present);
        if (error != 0)
        {
            Note("extended attributes", error);
            return false;
        }

        if (node.ExtendedAttributes.Count == 0 && present.Count == 0)
        {
            return false;
        }

        IReadOnlyList<(string Name, int Error)> failed =
            AttributeChanges.Apply(holder, present, node.ExtendedAttributes);
        if (failed.Count > 0 && (status.Mode & OwnerWrite) == 0 && status.Type != NodeType.SymbolicLink
            && _entry.ChangePermissions(status.Mode | OwnerWrite) == 0)
        {
            // An ordinary user's attributes need his own right to write; ApplyPermissions takes it away again.
            failed = AttributeChanges.Apply(holder, present, node.ExtendedAttributes);
        }

        foreach ((string attribute, int number) in failed)
        {
            Note($"extended attribute {RawText.ToDisplay(attribute)}", number);
        }

        return true;
    }

    private void ApplyTimes(TreeNode node)
    {
        long* times = stackalloc long[4];
        (times[0], times[1]) = (node.AccessTime.Seconds, node.AccessTime.Nanoseconds);
        (times[2], times[3]) = (node.ModifiedTime.Seconds, node.ModifiedTime.Nanoseconds);
        int error = _entry.SetTimes(times);
        if (error != 0)
        {
            Note("times", error);
        }
    }

    private void ApplyPermissions(TreeNode node, uint permissions)
    {
        int error = node.Type == NodeType.SymbolicLink ? 0 : _entry.ChangePermissions(permissions);
        if (error != 0)
        {
            Note("permissions", error);
        }
    }

    private void Note(string what, int error) => Note($"{what} ({Marshal.GetPInvokeErrorMessage(error)})");

    private void Note(string problem) => (_problems ??= []).Add(problem);

    private readonly BackupException? Report(string path)
    {
        if (_problems is null)
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
