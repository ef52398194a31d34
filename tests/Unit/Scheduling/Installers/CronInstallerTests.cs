using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling.Installers;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Scheduling.Installers;

public sealed class CronInstallerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeCrontab _crontab = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_users_crontab_gets_one_block_that_calls_a_script()
    {
        await InstallAsync(ScheduleScope.User, Call);

        Assert.Equal(
            $"""
            # BEGIN BackupModule schedule (Register-BackupSchedule wrote this, Unregister-BackupSchedule takes it out)
            # Runs what BackupModule's schedules have due, every 1m.
            * * * * * /bin/sh '{_folder.Path}/schedule-user.sh'
            # END BackupModule schedule

            """,
            _crontab.Text);
        RegisteredCaller? found = await Installer(ScheduleScope.User).FindAsync(default);
        Assert.Equal(TimeSpan.FromMinutes(1), found!.Every);
        Assert.Equal(ScheduleCallerKind.Cron, found.Kind);
    }

    [Theory]
    [InlineData("0:05", "*/5 * * * *")]
    [InlineData("0:30", "*/30 * * * *")]
    [InlineData("1:00", "0 * * * *")]
    public async Task A_second_installation_takes_the_place_of_the_first(string every, string times)
    {
        await InstallAsync(ScheduleScope.User, Call);
        await InstallAsync(ScheduleScope.User, Call.Every(every));

        Assert.Single(_crontab.Text.Split('\n'), static line => line.StartsWith("# BEGIN", StringComparison.Ordinal));
        Assert.Contains($"\n{times} /bin/sh", _crontab.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n* * * * *", _crontab.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_leaves_no_crontab_where_there_was_none()
    {
        await InstallAsync(ScheduleScope.User, Call);
        await RemoveAsync(ScheduleScope.User);

        Assert.Null(_crontab.Content);
        Assert.Null(await Installer(ScheduleScope.User).FindAsync(default));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Empty((await Installer(ScheduleScope.User).PlanRemovalAsync(_folder.Path, default)).Steps);
    }

    [Fact]
    public void Lines_of_others_stay_byte_for_byte() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 200])
        .Sample((before, after) =>
        {
            FakeCrontab crontab = new() { Content = [.. before, (byte)'\n', .. after, (byte)'\n'] };
            byte[] others = crontab.Content;
            CronInstaller installer = new(ScheduleScope.User, crontab, _folder.Path, static () => true);
            Execute(installer, installer.PlanInstallAsync(Call, default));

            // Others write behind our block, and the block is replaced in the middle.
            byte[] behind = [.. after, (byte)'\n'];
            crontab.Content = [.. crontab.Content, .. behind];
            Execute(installer, installer.PlanInstallAsync(Call.Every("0:05"), default));
            Assert.NotNull(installer.FindAsync(default).GetAwaiter().GetResult());
            Execute(installer, installer.PlanRemovalAsync(_folder.Path, default));

            Assert.Equal([.. others, .. behind], crontab.Content);
        },
        iter: 200,
        threads: 1);

    [Fact]
    public async Task A_block_without_its_end_is_its_first_line_alone()
    {
        _crontab.Content = "# BEGIN BackupModule schedule (cut off\n5 5 * * * theirs\n"u8.ToArray();

        await InstallAsync(ScheduleScope.User, Call);
        await RemoveAsync(ScheduleScope.User);

        Assert.Equal("5 5 * * * theirs\n", _crontab.Text);
    }

    [Fact]
    public async Task A_crontab_that_somebody_changes_meanwhile_is_left_alone()
    {
        _crontab.Content = "5 5 * * * theirs\n"u8.ToArray();
        _crontab.ContentAfterRead = "6 6 * * * theirs\n"u8.ToArray();

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => InstallAsync(ScheduleScope.User, Call));

        Assert.Contains("meanwhile", failure.Message, StringComparison.Ordinal);
        Assert.Equal("6 6 * * * theirs\n", _crontab.Text);
    }

    [Fact]
    public async Task A_crontab_that_reads_back_as_another_one_is_put_back()
    {
        _crontab.Content = "5 5 * * * theirs\n"u8.ToArray();
        _crontab.IsFaulty = true;

        await Assert.ThrowsAsync<BackupException>(() => InstallAsync(ScheduleScope.User, Call));

        Assert.Equal("5 5 * * * theirs\n", _crontab.Text);
    }

    [Fact]
    public async Task The_machine_gets_a_file_of_its_own_that_says_who_runs_it()
    {
        await InstallAsync(ScheduleScope.System, Call.Every("0:15"));

        string file = _folder["backupmodule"];
        Assert.EndsWith(
            $"\n*/15 * * * * root /bin/sh '{_folder.Path}/schedule-system.sh'\n", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal("(none)", _crontab.Text);
        Assert.Equal(TimeSpan.FromMinutes(15), (await Installer(ScheduleScope.System).FindAsync(default))!.Every);

        await RemoveAsync(ScheduleScope.System);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_percent_sign_in_a_path_is_no_line_end()
    {
        ScheduleCall call = Calls.In(_folder["100% safe"]);

        await InstallAsync(ScheduleScope.User, call);

        Assert.Contains(@"100\% safe/schedule-user.sh'", _crontab.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it's $HOME `id` \"100%\" \\n")]
    [InlineData("ünï – ☃")]
    public async Task The_script_hands_over_arguments_and_environment_as_they_are(string odd)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a Bourne shell");
        string home = _folder[odd.Replace('/', '_')];
        ScheduleCall call = Calls.In(home, "/usr/bin/printf", odd) with
        {
            Arguments = ["%s|", odd, "two words"],
            Environment = new Dictionary<string, string> { ["ODD"] = odd },
        };
        await InstallAsync(ScheduleScope.User, call);
        string script = Path.Combine(home, "schedule-user.sh");
        await InstallAsync(ScheduleScope.User, call with { Program = "/usr/bin/env", Arguments = ["printenv", "ODD"] });
        Shell.Run($"sh {ShellQuoting.Shell(script)}", "/");
        await InstallAsync(ScheduleScope.User, call);
        Shell.Run($"sh {ShellQuoting.Shell(script)}", "/");

        Assert.Equal($"{odd}\n{odd}|two words|", File.ReadAllText(Path.Combine(home, "schedule.log")));
        Assert.Equal("700", Shell.Read($"stat -c %a {ShellQuoting.Shell(script)}", "/"));
    }

    [Fact]
    public async Task The_log_does_not_grow_for_ever()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a Bourne shell");
        ScheduleCall call = Calls.In(_folder.Path) with { Program = "/bin/echo", Arguments = ["new"] };
        await InstallAsync(ScheduleScope.User, call);
        File.WriteAllText(_folder["schedule.log"], new string('x', (1 << 20) + 1));

        Shell.Run("sh schedule-user.sh", _folder.Path);

        Assert.Equal("new\n", File.ReadAllText(_folder["schedule.log"]));
        Assert.Equal((1 << 20) + 1, new FileInfo(_folder["schedule.log.1"]).Length);
    }

    [Fact]
    public async Task A_machine_without_the_daemon_is_warned_of()
    {
        CronInstaller installer = new(ScheduleScope.User, _crontab, _folder.Path, static () => false);

        Assert.Contains("No cron daemon", Assert.Single((await installer.PlanInstallAsync(Call, default)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plan_says_what_is_written_and_changes_nothing()
    {
        InstallPlan plan = await Installer(ScheduleScope.User).PlanInstallAsync(Call, default);

        Assert.Equal(2, plan.Steps.Count);
        Assert.Contains("exec '/opt/backup module/psbackup' '-NoProfile'", plan.Steps[0].Description, StringComparison.Ordinal);
        Assert.Contains("* * * * * /bin/sh", plan.Steps[1].Description, StringComparison.Ordinal);
        Assert.Null(_crontab.Content);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("0:07")]
    [InlineData("2:00")]
    [InlineData("0:00:30")]
    [InlineData("0:01:30")]
    public async Task An_interval_that_does_not_divide_an_hour_is_refused(string every) =>
        Assert.Equal(
            BackupErrorKind.InvalidArgument,
            (await Assert.ThrowsAsync<BackupException>(() => InstallAsync(ScheduleScope.User, Call.Every(every)))).Kind);

    [Fact]
    public async Task A_path_that_is_too_long_for_cron_is_refused()
    {
        ScheduleCall call = Calls.In("/" + string.Join('/', Enumerable.Repeat(new string('d', 100), 11)));

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => InstallAsync(ScheduleScope.User, call));

        Assert.Contains("too long", failure.Message, StringComparison.Ordinal);
    }

    private ScheduleCall Call => Calls.In(_folder.Path);

    private CronInstaller Installer(ScheduleScope scope) => new(scope, _crontab, _folder.Path, static () => true);

    private async Task InstallAsync(ScheduleScope scope, ScheduleCall call)
    {
        CronInstaller installer = Installer(scope);
        await installer.ExecuteAsync(await installer.PlanInstallAsync(call, default), default);
    }

    private async Task RemoveAsync(ScheduleScope scope)
    {
        CronInstaller installer = Installer(scope);
        await installer.ExecuteAsync(await installer.PlanRemovalAsync(_folder.Path, default), default);
    }

    private static void Execute(CronInstaller installer, Task<InstallPlan> plan) =>
        installer.ExecuteAsync(plan.GetAwaiter().GetResult(), default).GetAwaiter().GetResult();
}
