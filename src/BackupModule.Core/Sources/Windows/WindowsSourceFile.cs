using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Windows;

/// <summary>A regular file on Windows, open for reading.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsSourceFile(
    SafeFileHandle handle, uint reparseTag, string path, WindowsSourceFileSystem files) : ISourceFile
{
    private long _position;

    /// <inheritdoc/>
    /// <remarks>A security descriptor that cannot be read is left out; the directory's listing reported it.</remarks>
    public TreeNode ReadNode()
    {
        HandleInformation information;
        return WindowsNativeMethods.GetInformation(handle, &information)
            ? files.Describe(WindowsPath.LastPart(path), path, information.ToFacts(reparseTag), out _)
            : throw WindowsErrors.Create(Marshal.GetLastPInvokeError(), path, "read the metadata of");
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        try
        {
            int read = RandomAccess.Read(handle, buffer, _position);
            _position += read;
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string shown = RawText.ToDisplay(path);
            throw new BackupException(
                BackupErrorKind.SourceUnreadable, $"Cannot read '{shown}': {e.Message}", null, e)
            { Subject = shown };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
