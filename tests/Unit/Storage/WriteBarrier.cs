using System;
using System.IO;
using System.Runtime.Versioning;
using Xunit;

namespace BackupModule.Tests.Storage;

/// <summary>A folder in which this process may create nothing: by its mode; for root by the immutable flag.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class WriteBarrier : IDisposable
{
    private readonly string _folder;

    private WriteBarrier(string folder) => _folder = folder;

    public static WriteBarrier Raise(string folder)
    {
        if (Shell.IsRoot)
        {
            Assert.SkipUnless(
                Shell.Read("chattr +i . 2>/dev/null && echo yes || echo no", folder) == "yes",
                "needs a file system with the immutable flag, because root may write anywhere else");
        }
        else
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return new WriteBarrier(folder);
    }

    public void Dispose()
    {
        if (Shell.IsRoot)
        {
            Shell.Run("chattr -i .", _folder);
        }
        else
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
