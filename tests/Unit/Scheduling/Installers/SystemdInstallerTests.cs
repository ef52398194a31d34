using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling.Installers;
using Xunit;

namespace BackupModule.Tests.Scheduling.Installers;

public sealed class SystemdInstallerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedPrograms _programs = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScheduleScope.User, "0:01")]
    [InlineData(ScheduleScope.System, "0:01")]
    [InlineData(ScheduleScope.System, "0:20")]
    [InlineData(ScheduleScope.User, "1:00")]
    public async Task The_units_pass_systemds_own_check(ScheduleScope scope, string every)
    {
        Assert.SkipUnless(Shell.Has("systemd-analyze"), "needs systemd-analyze");
        string program = _folder["100% odd $HOME/psbackup"];
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program, "#!/bin/sh\n");
        Shell.Run($"chmod 700 {ShellQuoting.Shell(program)}", "/");
        SystemdInstaller installer = new(scope, _programs, _folder["units"], isRunning: false);

        await installer.ExecuteAsync(
            await installer.PlanInstallAsync(Calls.In(_folder.Path, program).Every(every), default), default);

        Assert.Empty(Verify(scope));

        // The check would find what is wrong.
        File.AppendAllText(_folder["units/backupmodule-schedule.service"], "Nice=high\n");
        Assert.NotEmpty(Verify(scope));
    }

    private string Verify(ScheduleScope scope)
    {
        string output = Shell.Read(
            $"""
            export XDG_RUNTIME_DIR="$PWD"
            systemd-analyze verify {(scope == ScheduleScope.User ? "--user" : "--system")} units/*.timer units/*.service 2>&1 || true
            """,
            _folder.Path);
        Assert.DoesNotContain("Failed to initialize", output, StringComparison.Ordinal);
        return string.Join('\n', output.Split('\n').Where(static line => line.Contains("backupmodule", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_program_that_systemd_would_not_run_is_refused()
    {
        SystemdInstaller installer = new(ScheduleScope.User, _programs, _folder.Path, isRunning: false);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() =>
            installer.PlanInstallAsync(Calls.In(_folder.Path, "/opt/it's/psbackup"), default));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
    }

    [Theory]
    [InlineData("0:01", "*:0/1", 60)]
    [InlineData("0:20", "*:0/20", 1200)]
    [InlineData("1:00", "hourly", 3600)]
    public async Task The_timer_comes_as_often_as_it_says(string every, string calendar, int seconds)
    {
        Assert.SkipUnless(Shell.Has("systemd-analyze"), "needs systemd-analyze");
        SystemdInstaller installer = new(ScheduleScope.System, _programs, _folder.Path, isRunning: false);
        await installer.ExecuteAsync(await installer.PlanInstallAsync(Calls.In(_folder.Path).Every(every), default), default);

        Assert.Contains($"\nOnCalendar={calendar}\n", File.ReadAllText(_folder["backupmodule-schedule.timer"]), StringComparison.Ordinal);
        long[] times =
        [
            .. Shell.Read($"systemd-analyze calendar --iterations=3 '{calendar}' | sed -n 's/.*\\(Next elapse\\|Iter\\. #[0-9]\\): [A-Z][a-z]* //p'", "/")
                .Split('\n')
                .Select(static line => DateTimeOffset.Parse(
                    line.Replace("UTC", "+00:00", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture)
                    .ToUnixTimeSeconds()),
        ];
        Assert.Equal(3, times.Length);
        Assert.Equal(seconds, times[2] - times[1]);
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await installer.FindAsync(default))!.Every);
    }

    [Fact]
    public async Task Where_systemd_runs_the_timer_is_enabled_and_disabled()
    {
        SystemdInstaller installer = new(ScheduleScope.User, _programs, _folder.Path, isRunning: true);

        await installer.ExecuteAsync(await installer.PlanInstallAsync(Calls.In(_folder.Path), default), default);
        await installer.ExecuteAsync(await installer.PlanRemovalAsync(_folder.Path, default), default);

        Assert.Equal(
            [
                "systemctl --user daemon-reload",
                "systemctl --user enable --now backupmodule-schedule.timer",
                "systemctl --user disable --now backupmodule-schedule.timer",
                "systemctl --user daemon-reload",
            ],
            _programs.Lines);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Empty((await installer.PlanRemovalAsync(_folder.Path, default)).Steps);
    }

    [Fact]
    public async Task Where_it_does_not_run_the_units_are_written_and_that_is_said()
    {
        SystemdInstaller installer = new(ScheduleScope.System, _programs, _folder.Path, isRunning: false);
        InstallPlan plan = await installer.PlanInstallAsync(Calls.In(_folder.Path), default);
        await installer.ExecuteAsync(plan, default);

        Assert.Contains("systemctl enable --now backupmodule-schedule.timer", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Empty(_programs.Lines);
        Assert.NotNull(await installer.FindAsync(default));
    }

    [Fact]
    public async Task Arguments_and_variables_are_quoted_for_systemd()
    {
        SystemdInstaller installer = new(ScheduleScope.System, _programs, _folder.Path, isRunning: false);
        ScheduleCall call = Calls.In(_folder.Path) with
        {
            Arguments = ["-Command", "Import-Module 'C:\\100%'; \"$x\""],
            Environment = new Dictionary<string, string> { ["ODD"] = "50% \"$HOME\" \\" },
        };
        await installer.ExecuteAsync(await installer.PlanInstallAsync(call, default), default);

        string service = File.ReadAllText(_folder["backupmodule-schedule.service"]);
        Assert.Contains(
            "ExecStart=\"/opt/backup module/psbackup\" \"-Command\" \"Import-Module 'C:\\\\100%%'; \\\"$$x\\\"\"\n", service, StringComparison.Ordinal);
        Assert.Contains("Environment=\"ODD=50%% \\\"$HOME\\\" \\\\\"\n", service, StringComparison.Ordinal);
    }

    private sealed class RecordedPrograms : IProgramRunner
    {
        public List<string> Lines { get; } = [];

        public Task<ProgramResult> RunAsync(
            string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
        {
            Lines.Add($"{program} {string.Join(' ', arguments)}");
            return Task.FromResult(new ProgramResult(0, [], string.Empty));
        }
    }
}
