using System;
using System.IO;

namespace BackupModule.Tests;

/// <summary>An empty folder that is gone after the test, whatever names and modes the test gave what is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("backupmodule-").FullName;

    /// <summary>An empty folder below one that others leave alone, unlike the system's temporary folder.</summary>
    public TemporaryFolder(string parent) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"backupmodule-{Guid.NewGuid():n}")).FullName;

    public string Path { get; }

    /// <summary>The path of an entry of the folder.</summary>
    public string this[string relativePath] => System.IO.Path.Combine(Path, relativePath);

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.Delete(Path, recursive: true);
        }
        else
        {
            // .NET cannot name files whose names are not UTF-8.
            Shell.Run("chmod -R u+rwX . 2>/dev/null; rm -rf -- \"$PWD\"", Path);
        }
    }
}
