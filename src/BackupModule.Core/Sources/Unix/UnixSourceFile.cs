using System;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Unix;

/// <summary>A regular file, open for reading.</summary>
/// <param name="handle">The file.</param>
/// <param name="path">Its path, for errors.</param>
/// <param name="nodes">Makes nodes of what the system says.</param>
/// <param name="holes">Finds the file's holes; null to read it as it is.</param>
internal sealed unsafe class UnixSourceFile(
    SafeFileHandle handle, string path, UnixNodeFactory nodes, SparseReader? holes) : ISourceFile
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
        int zeros = holes?.ReadHole(ref buffer) ?? 0;
        int count = zeros > 0 ? zeros : ReadData(buffer);
        holes?.Advance(count);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

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
