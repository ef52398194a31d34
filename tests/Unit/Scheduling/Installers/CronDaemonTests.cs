using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Scheduling.Installers;
using Xunit;

namespace BackupModule.Tests.Scheduling.Installers;

/// <summary>Debian's cron, with crontabs of its own: its folders are mounts that nobody else sees.</summary>
public sealed class CronDaemonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _daemon;

    public void Dispose()
    {
        if (_daemon is not null)
        {
            _daemon.Kill();
            _daemon.WaitForExit();
            _daemon.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Cron_makes_the_call_and_runs_the_lines_of_others_as_before()
    {
        StartDaemon();
        string theirs = $"# Théirs\nMAILTO=\"\"\n* * * * * date +\\%s > '{_folder["their mark"]}'\n";
        File.WriteAllText(_folder["theirs"], theirs);
        NamespacedPrograms programs = new(_daemon!.Id);
        await programs.RunAsync("crontab", [_folder["theirs"]], [], default);
        byte[] before = (await programs.RunAsync("crontab", ["-l"], [], default)).Output;

        ScheduleCall call = Calls.In(_folder["100% home"]) with
        {
            Program = "/bin/sh",
            Arguments = ["-c", "echo \"called with $MARK, 100%\"", "sh"],
            Environment = new Dictionary<string, string> { ["MARK"] = "it's $HOME" },
        };
        CronInstaller installer = new(ScheduleScope.User, programs, _folder.Path, CronDaemon.IsRunning);
        InstallPlan plan = await installer.PlanInstallAsync(call, default);
        Assert.Empty(plan.Warnings);
        await installer.ExecuteAsync(plan, default);
        await installer.ExecuteAsync(await installer.PlanInstallAsync(call, default), default);

        Assert.Equal("called with it's $HOME, 100%\n", await ReadAsync(Path.Combine(_folder["100% home"], "schedule.log")));
        Assert.NotEmpty(await ReadAsync(_folder["their mark"]));

        await installer.ExecuteAsync(await installer.PlanRemovalAsync(call.HomeFolder, default), default);
        Assert.Equal(before, (await programs.RunAsync("crontab", ["-l"], [], default)).Output);
        Assert.Null(await installer.FindAsync(default));
    }

    [Fact]
    public async Task Cron_backs_a_policy_up_and_its_history_outlives_the_catalog()
    {
        string module = Path.Combine(OutputFolder(), "BackupModule");
        string console = Path.Combine(OutputFolder(), "psbackup", "psbackup");
        Assert.SkipUnless(
            File.Exists(console) && File.Exists(Path.Combine(module, "BackupModule.psd1")),
            "needs the module and the console, as build.sh makes them");
        StartDaemon();
        Write("password", "secret", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (string file in (string[])["app/index.php", "app/uploads/a.jpg", "etc/shop.conf", "pki/cert.pem", "shop.env", "more/x"])
        {
            Write(file, file);
        }

        Use(console, $$"""
            New-BackupRepository -Name main -Location '{{_folder["main"]}}' -Password 'file:{{_folder["password"]}}'
            New-BackupPolicy -Name shop -RepositoryName main -CodePath '{{_folder["app"]}}' -UploadPath '{{_folder["app/uploads"]}}' `
                -ConfigurationPath '{{_folder["etc"]}}' -CertificatePath '{{_folder["pki"]}}' -EnvironmentFile '{{_folder["shop.env"]}}' `
                -EnvironmentVariable HOME -Path '{{_folder["more"]}}' -Schedule 'hourly=* * * * *'
            """);
        NamespacedPrograms programs = new(_daemon!.Id);
        ScheduleCall call = ScheduleProgram.Describe(console, module, TimeSpan.FromMinutes(1), _folder["home"]);
        call = call with
        {
            Environment = new Dictionary<string, string>(call.Environment) { ["BACKUPMODULE_HOME"] = _folder["home"] },
        };
        CronInstaller installer = new(ScheduleScope.System, programs, _folder["cron.d"], CronDaemon.IsRunning);
        await installer.ExecuteAsync(await installer.PlanInstallAsync(call, default), default);
        await WaitForRunsAsync(2);
        await installer.ExecuteAsync(await installer.PlanRemovalAsync(call.HomeFolder, default), default);
        IReadOnlyList<RunRecord> before = await WaitForRunsAsync(2);
        Assert.All(before, static run => Assert.Equal((RunState.Completed, RunTrigger.Schedule), (run.State, run.Trigger)));
        Assert.All(before, static run => Assert.Equal(6 + 2, run.Figures.Files));

        File.Delete(_folder["home/catalog.db"]);
        Use(console, $$"""
            Register-BackupRepository -Name main -Location '{{_folder["main"]}}' -Password 'file:{{_folder["password"]}}'
            Update-BackupCatalog
            """);

        Assert.Equal(JsonSerializer.Serialize(before), JsonSerializer.Serialize(await WaitForRunsAsync(2)));
        Assert.Equal("shop", Assert.Single(await new SqliteCatalog(_folder["home/catalog.db"]).ListPoliciesAsync(default)).Name);
    }

    private void Write(string file, string content, UnixFileMode? mode = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
        File.WriteAllText(_folder[file], content);
        if (mode is { } rights && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[file], rights);
        }
    }

    private void Use(string console, string script)
    {
        ProcessStartInfo start = new(console, ["-NonInteractive", "-Command", $"$ErrorActionPreference = 'Stop'; Import-Module BackupModule; {script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BACKUPMODULE_HOME"] = _folder["home"];
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
    }

    // The runs of which nobody is at work any more, once there are so many.
    private async Task<IReadOnlyList<RunRecord>> WaitForRunsAsync(int count)
    {
        SqliteCatalog catalog = new(_folder["home/catalog.db"]);
        for (int i = 0; i < 480; i++)
        {
            IReadOnlyList<RunRecord> runs = await catalog.ListRunsAsync(new RunQuery(), default);
            if (runs.Count >= count && runs.All(static run => run.IsArchived))
            {
                return runs;
            }

            await Task.Delay(500);
        }

        string log = _folder["home/schedule.log"];
        throw new TimeoutException($"Cron did not make {count} backups: {(File.Exists(log) ? await File.ReadAllTextAsync(log) : "no log")}");
    }

    private void StartDaemon()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Shell.IsRoot && Shell.Has("cron") && Shell.Has("crontab") && Shell.Has("nsenter"),
            "needs cron, and root on Linux to give it crontabs of its own");
        foreach (string folder in (string[])["spool", "cron.d"])
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        File.WriteAllText(_folder["crontab"], string.Empty);
        // Cron reads its folders again when their time of change, in seconds, is another one.
        Shell.Run("chgrp crontab spool && chmod 1730 spool && touch -d '1 hour ago' spool cron.d crontab", _folder.Path);
        _daemon = Process.Start(new ProcessStartInfo(
            "unshare",
            [
                "--mount", "--propagation", "private", "sh", "-euc",
                """
                mount --bind "$0/spool" /var/spool/cron/crontabs
                mount --bind "$0/cron.d" /etc/cron.d
                mount --bind "$0/crontab" /etc/crontab
                mount -t tmpfs tmpfs /run
                touch "$0/ready"
                exec cron -f
                """,
                _folder.Path,
            ]))!;
        SpinWait.SpinUntil(() => File.Exists(_folder["ready"]) || _daemon.HasExited, TimeSpan.FromSeconds(30));
        Assert.SkipWhen(_daemon.HasExited, "needs the right to mount");

        // What is changed twice within the second in which cron reads its folders, it sees once: it reads them when it
        // starts, and at the beginning of each minute.
        TimeProvider clock = TimeProvider.System;
        DateTimeOffset started = clock.GetUtcNow();
        SpinWait.SpinUntil(() => clock.GetUtcNow() is { Second: > 2 and < 50 } now && now - started > TimeSpan.FromSeconds(2));
    }

    private static string OutputFolder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../../out"));

    // Cron looks at the beginning of each minute.
    private static async Task<string> ReadAsync(string file)
    {
        for (int i = 0; i < 300; i++)
        {
            if (File.Exists(file) && new FileInfo(file).Length > 0)
            {
                return await File.ReadAllTextAsync(file);
            }

            await Task.Delay(500);
        }

        throw new TimeoutException($"Cron did not make the call within 150 seconds: {file} is not there.");
    }

    /// <summary>Programs that see the mounts of another process.</summary>
    private sealed class NamespacedPrograms(int processId) : IProgramRunner
    {
        private readonly ProgramRunner _inner = new();

        public Task<ProgramResult> RunAsync(
            string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken) =>
            _inner.RunAsync("nsenter", [$"--target={processId}", "--mount", program, .. arguments], input, cancellationToken);
    }
}
