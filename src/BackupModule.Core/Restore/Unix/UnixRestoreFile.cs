using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>A file of a restore.</summary>
internal sealed unsafe class UnixRestoreFile(SafeFileHandle handle, string path) : IRestoreFile
{
    /// <inheritdoc/>
    public long Length
    {
        get
        {
            FileStatus status;
            byte empty = 0;
            int descriptor = (int)handle.DangerousGetHandle();
            return LinuxNativeMethods.Statx(
                    descriptor, &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, &status) == 0
                ? (long)status.Size
                : throw Failure("read the length of");
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        fixed (byte* source = data)
        {
            int done = 0;
            while (done < data.Length)
            {
                nint written = LinuxRestoreMethods.WriteAt(
                    handle, source + done, (nuint)(data.Length - done), offset + done);
                if (written < 0 && LinuxNativeMethods.LastError != Errno.Interrupted)
                {
                    throw Failure("write to");
                }

                done += Math.Max(0, (int)written);
            }
        }
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer)
    {
        fixed (byte* target = buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint read = LinuxRestoreMethods.ReadAt(
                    handle, target + done, (nuint)(buffer.Length - done), offset + done);
                if (read == 0)
                {
                    break;
                }

                if (read < 0 && LinuxNativeMethods.LastError != Errno.Interrupted)
                {
                    throw Failure("read back");
                }

                done += Math.Max(0, (int)read);
            }

            return done;
        }
    }

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        if (LinuxRestoreMethods.Truncate(handle, length) != 0)
        {
            throw Failure("set the length of");
        }
    }

    /// <inheritdoc/>
    public BackupException? Complete(TreeNode node)
    {
        using (handle)
        {
            return new MetadataWriter(MetadataHolder.OpenFile((int)handle.DangerousGetHandle())).Apply(path, node);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private BackupException Failure(string action) =>
        UnixRestoreErrors.Create(LinuxNativeMethods.LastError, path, action);
}
