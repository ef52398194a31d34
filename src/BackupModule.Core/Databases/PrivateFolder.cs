using System;
using System.IO;

namespace BackupModule.Core.Databases;

/// <summary>A folder below the system's temporary one that only the user of this process can enter; it is gone when it is
/// disposed.</summary>
internal sealed class PrivateFolder : IDisposable
{
    /// <summary>Makes one; .NET gives it the mode 0700.</summary>
    public PrivateFolder() => Path = Directory.CreateTempSubdirectory("backupmodule-").FullName;

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The path of an entry of the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Bytes that are free where private folders are made.</summary>
    public static long FreeSpace => new DriveInfo(System.IO.Path.GetTempPath()).AvailableFreeSpace;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
