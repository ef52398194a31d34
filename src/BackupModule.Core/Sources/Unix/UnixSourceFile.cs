using System;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Unix;

/// <summary>A regular file, open for reading.</summary>
/// <param name="handle">The file.</param>
/// <param name="path">Its path, for errors.</param>
/// <param name="opened">What the system said of it when it was opened.</param>
/// <param name="nodes">Makes nodes of what the system says.</param>
/// <param name="holes">Finds the file's holes; null to read it as it is.</param>
internal sealed unsafe class UnixSourceFile(
    SafeFileHandle handle, string path, in FileStatus opened, UnixNodeFactory nodes, SparseReader? holes) : ISourceFile
{
    private readonly FileStatus _opened = opened;
    private bool _isRead;

    /// <inheritdoc/>
    /// <remarks>Extended attributes that cannot be read are left out; the directory's listing reported them.</remarks>
    public TreeNode ReadNode()
    {
        FileStatus status = ReadStatus(handle, path);
        AttributeReader.Read(AttributeHolder.OpenFile((int)handle.DangerousGetHandle()), out var attributes);
        return nodes.Create(UnixSourceFileSystem.LastPart(path).ToString(), status, string.Empty, attributes);
    }

    /// <inheritdoc/>
    /// <remarks>Whatever changes a file, its attributes included, changes its change time.</remarks>
    public bool Matches(TreeNode node)
    {
        FileStatus status = _isRead ? ReadStatus(handle, path) : _opened;
        return status.Inode == node.Inode
            && status.DeviceId == node.DeviceId
            && status.Size == node.Size
            && IsSame(status.ModifiedTime, node.ModifiedTime)
            && IsSame(status.ChangeTime, node.ChangeTime);
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        _isRead = true;
        int zeros = holes?.ReadHole(ref buffer) ?? 0;
        int count = zeros > 0 ? zeros : ReadData(buffer);
        holes?.Advance(count);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    /// <summary>What the system says of an open file.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>SourceUnreadable</c>.</exception>
    internal static FileStatus ReadStatus(SafeFileHandle handle, string path)
    {
        FileStatus status;
        byte empty = 0;
        return LinuxNativeMethods.Statx(
            (int)handle.DangerousGetHandle(), &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, &status) == 0
            ? status
            : throw UnixSourceErrors.Create(LinuxNativeMethods.LastError, path, "read the metadata of");
    }

    private static bool IsSame(StatusTime time, FileTimestamp recorded) =>
        time.Seconds == recorded.Seconds && time.Nanoseconds == recorded.Nanoseconds;

    private int ReadData(Span<byte> buffer)
    {
        fixed (byte* target = buffer)
        {
            while (true)
            {
                nint read = LinuxNativeMethods.Read(handle, target, (nuint)buffer.Length);
                if (read >= 0)
                {
                    return (int)read;
                }

                int error = LinuxNativeMethods.LastError;
                if (error != Errno.Interrupted)
                {
                    throw UnixSourceErrors.Create(error, path, "read");
                }
            }
        }
    }
}
