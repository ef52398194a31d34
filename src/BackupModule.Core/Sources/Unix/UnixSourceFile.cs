using System;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Unix;

/// <summary>A regular file, open for reading.</summary>
internal sealed unsafe class UnixSourceFile(SafeFileHandle handle, string path, UnixNodeFactory nodes) : ISourceFile
{
    /// <inheritdoc/>
    /// <remarks>Extended attributes that cannot be read are left out; the directory's listing reported them.</remarks>
    public TreeNode ReadNode()
    {
        int descriptor = (int)handle.DangerousGetHandle();
        FileStatus status;
        byte empty = 0;
        if (LinuxNativeMethods.Statx(
                descriptor, &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, &status) != 0)
        {
            throw UnixSourceErrors.Create(LinuxNativeMethods.LastError, path, "read the metadata of");
        }

        AttributeReader.Read(AttributeHolder.OpenFile(descriptor), out var attributes);
        return nodes.Create(UnixSourceFileSystem.LastPart(path).ToString(), status, string.Empty, attributes);
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
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

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
