using System;
using System.IO;
using Xunit;

namespace BackupModule.Tests.Storage;

/// <summary>A small file system in memory, mounted for one test; the test is skipped where it cannot be.</summary>
internal sealed class TemporaryDisk : IDisposable
{
    private readonly string _parent;

    /// <summary>Mounts it below the folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="size">The size, as <c>mount -o size=</c> takes it.</param>
    public TemporaryDisk(TemporaryFolder folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Shell.IsRoot, "needs root on Linux, to mount a small disk");
        _parent = folder.Path;
        Path = Directory.CreateDirectory(folder["disk"]).FullName;
        string mounted = Shell.Read(
            $"mount -t tmpfs -o size={size} tmpfs disk 2>/dev/null && echo yes || echo no", _parent);
        Assert.SkipUnless(mounted == "yes", "needs the right to mount");
    }

    public string Path { get; }

    public void MakeReadOnly() => Shell.Run("mount -o remount,ro disk", _parent);

    public void Dispose() => Shell.Run("umount disk", _parent);
}
