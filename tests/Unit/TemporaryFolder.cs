using System;
using System.IO;

namespace BackupModule.Tests;

/// <summary>A folder of its own for a test, gone with all it holds at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder's absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("backupmodule-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
