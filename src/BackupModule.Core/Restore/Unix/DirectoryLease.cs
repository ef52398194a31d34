using System;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Restore.Unix;

/// <summary>The right to use a directory's descriptor until disposed, even if the cache drops it meanwhile.</summary>
internal readonly struct DirectoryLease : IDisposable
{
    private readonly SafeFileHandle _handle;

    public DirectoryLease(SafeFileHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
