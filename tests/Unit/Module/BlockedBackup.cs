using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Module;

/// <summary>A backup by restic that waits for its standard input, and so holds its lock.</summary>
internal sealed class BlockedBackup : IDisposable
{
    private readonly Process _process;

    private BlockedBackup(Process process) => _process = process;

    public static async Task<BlockedBackup> StartAsync(string repository, string password)
    {
        ProcessStartInfo start = new("/usr/bin/restic", ["--no-cache", "-r", repository, "backup", "--stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RESTIC_PASSWORD"] = password;
        Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (Directory.GetFiles(Path.Combine(repository, "locks")).Length == 0)
        {
            await Task.Delay(20, limit.Token);
        }

        return new BlockedBackup(process);
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
