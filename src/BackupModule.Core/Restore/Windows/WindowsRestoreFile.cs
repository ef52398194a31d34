using System;
using System.IO;
using System.Runtime.Versioning;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Windows;

/// <summary>A file of a restore on Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRestoreFile(SafeFileHandle handle, string path, string verbatim) : IRestoreFile
{
    /// <inheritdoc/>
    public long Length => WindowsRestoreTarget.Try(path, "read the length of", () => RandomAccess.GetLength(handle));

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            RandomAccess.Write(handle, data, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WindowsRestoreErrors.Create(e.HResult & 0xffff, path, "write to");
        }
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            int done = 0;
            for (int read = -1; read != 0 && done < buffer.Length; done += read)
            {
                read = RandomAccess.Read(handle, buffer[done..], offset + done);
            }

            return done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WindowsRestoreErrors.Create(e.HResult & 0xffff, path, "read back");
        }
    }

    /// <inheritdoc/>
    public void SetLength(long length) => WindowsRestoreTarget.Try(path, "set the length of", () =>
    {
        RandomAccess.SetLength(handle, length);
        return true;
    });

    /// <inheritdoc/>
    public BackupException? Complete(TreeNode node)
    {
        // Windows may set the time of the last write when the file is closed.
        handle.Dispose();
        return WindowsMetadata.Apply(path, verbatim, node);
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
