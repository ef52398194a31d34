using System;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>Ctrl+C, and pipelines that end early.</summary>
[Collection(ModuleSession.Collection)]
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly ModuleSession _session = new();

    public StopTests() => _session.MakeShop();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task A_stopped_backup_ends_at_once_releases_its_lock_and_leaves_a_clean_repository()
    {
        Restic.Require();
        Shell.Run("head -c 400M /dev/urandom > big.bin", _session.ShopPath);
        string locks = Path.Combine(_session.RepositoryPath, "locks");
        string data = Path.Combine(_session.RepositoryPath, "data");

        await StopAsync(
            "Invoke-Backup -RepositoryName main -Path $shop",
            () => Directory.GetFiles(data, "*", SearchOption.AllDirectories).Length > 1);

        Assert.Empty(Directory.GetFiles(locks));
        Assert.Empty(_session.Run("Get-Backup"));
        await _session.Restic.CheckAllAsync();
        _session.WriteFile("www/shop/big.bin", "small");
        _session.One("Invoke-Backup -RepositoryName main -Path $shop");
        await _session.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task Waiting_for_a_lock_is_stopped_at_once()
    {
        Restic.Require();
        using BlockedBackup other = await BlockedBackup.StartAsync(_session.RepositoryPath, ModuleSession.Password);
        _session.AssertFails("RepositoryLocked", "Update-BackupKey -NewPassword env:BACKUP_PW");
        long started = Stopwatch.GetTimestamp();

        await StopAsync(
            "Update-BackupKey -NewPassword env:BACKUP_PW -LockWait 1h",
            () => Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1.5));

        Assert.Single(_session.Run("Get-BackupKey"));
    }

    [Fact]
    public void An_error_further_down_the_pipeline_ends_the_listing()
    {
        for (int i = 0; i < 2000; i++)
        {
            _session.WriteFile($"www/shop/many/{i}", string.Empty);
        }

        _session.One("Invoke-Backup -Path $shop");

        ErrorRecord error = _session.Fails("Get-Backup | Get-BackupItem -Recurse | ForEach-Object { throw 'enough' }");

        Assert.Equal("enough", error.Exception.Message);
        _session.One("Get-Backup");
    }

    [Fact]
    public void ErrorAction_Stop_ends_a_backup_at_its_first_bad_file_and_releases_the_lock()
    {
        _session.AssertFails(
            "SourceNotFound", "Invoke-Backup -Path $shop/config, $shop/gone -ErrorAction Stop");

        Assert.Empty(Directory.GetFiles(Path.Combine(_session.RepositoryPath, "locks")));
    }

    private async Task StopAsync(string script, Func<bool> isUnderWay)
    {
        using PowerShell shell = _session.Start(script);
        IAsyncResult running = shell.BeginInvoke();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!isUnderWay())
        {
            Assert.False(running.IsCompleted, "It ended before it could be stopped.");
            await Task.Delay(10, limit.Token);
        }

        long stopping = Stopwatch.GetTimestamp();
        shell.Stop();

        Assert.InRange(Stopwatch.GetElapsedTime(stopping), TimeSpan.Zero, s_patience);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }
}
