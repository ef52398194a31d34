using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Scheduling.Installers;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class ScheduleCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly string? _configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");

    private static ICatalog Catalog => Catalogs.Open(BackupHome.Locate());

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _configuration);
        _session.Dispose();
    }

    [Fact]
    public async Task Each_entry_of_each_policy_is_shown_with_when_it_is_next()
    {
        await AddPolicyAsync("shop", Schedules.Default);
        await AddPolicyAsync("blog", [Schedules.Default[1]]);

        IReadOnlyList<dynamic> all = _session.Run("Get-BackupSchedule");

        Assert.Equal(Schedules.Default.Count + 1, all.Count);
        dynamic daily = _session.One("Get-BackupSchedule -PolicyName bl*");
        Assert.Equal("blog", daily.PolicyName);
        Assert.Equal(("daily", "0 2 * * *"), ((string)daily.Entry, (string)daily.Cron));
        Assert.Equal(BackupKind.Daily, daily.Kind);
        Assert.Equal(TimeSpan.FromDays(1), daily.Interval);
        Assert.InRange((DateTimeOffset)daily.NextRun, TimeProvider.System.GetLocalNow(), TimeProvider.System.GetLocalNow().AddHours(25));
        Assert.False(daily.Overdue);
        Assert.Null(daily.LastRun);
        _session.AssertFails("PolicyNotFound", "Get-BackupSchedule -PolicyName shpo");
    }

    [Fact]
    public async Task What_nobody_began_is_overdue()
    {
        await AddPolicyAsync("shop", Schedules.Default);
        DateTimeOffset yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        await Catalog.SetDueAsync(
            "shop",
            yesterday,
            [
                new JobState { EntryName = "hourly", HandledUntil = yesterday, StartedAt = yesterday, EndedAt = yesterday, State = RunState.Failed },
                new JobState { EntryName = "monthly", HandledUntil = TimeProvider.System.GetUtcNow() },
            ],
            default);

        dynamic overdue = _session.One("Get-BackupSchedule -Overdue");

        Assert.Equal("hourly", overdue.Entry);
        Assert.Equal(RunState.Failed, overdue.LastState);
        Assert.InRange((DateTimeOffset)overdue.OverdueSince, yesterday, TimeProvider.System.GetLocalNow());
        Assert.Equal(((string[])overdue.CalledBy).Length == 0, _session.Warnings.Any(static warning =>
            warning.Contains("Register-BackupSchedule", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_suspended_schedule_is_shown_as_such_until_it_is_resumed()
    {
        await AddPolicyAsync("shop", [Schedules.Default[0]]);
        await AddPolicyAsync("blog", [Schedules.Default[0]]);

        _session.Run("Suspend-BackupSchedule -PolicyName sh* -Reason 'New disk'");
        dynamic suspended = _session.One("Get-BackupSchedule shop");
        Assert.True(suspended.Suspended);
        Assert.Equal("New disk", suspended.SuspendReason);
        Assert.Null(suspended.NextRun);
        Assert.False(_session.One("Get-BackupSchedule blog").Suspended);

        DateTimeOffset until = TimeProvider.System.GetLocalNow().AddDays(3);
        _session.Set("until", until);
        _session.Run("Suspend-BackupSchedule shop -Until $until");
        suspended = _session.One("Get-BackupSchedule shop");
        Assert.InRange((DateTimeOffset)suspended.NextRun, until, until.AddMinutes(66));

        _session.Run("Get-BackupSchedule | Where-Object Suspended | Resume-BackupSchedule");
        Assert.Empty(_session.Errors);
        Assert.False(_session.One("Get-BackupSchedule shop").Suspended);
    }

    [Fact]
    public async Task Suspending_until_a_time_that_is_over_is_refused()
    {
        await AddPolicyAsync("shop", Schedules.Default);

        _session.AssertFails("InvalidArgument", "Suspend-BackupSchedule shop -Until ([DateTimeOffset]::Now.AddHours(-1))");
        _session.AssertFails("PolicyNotFound", "Suspend-BackupSchedule shpo");
        _session.AssertFails("PolicyNotFound", "Resume-BackupSchedule shpo");
    }

    [Fact]
    public void What_would_be_installed_is_shown_and_secrets_that_will_be_missing_are_warned_of()
    {
        _session.MakeShop();
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _session["config"]);

        IReadOnlyList<dynamic> steps = _session.Run(
            "Register-BackupSchedule -Using Systemd -Scope User -Every 5m -Program /bin/sh -WhatIf");

        Assert.Contains("OnCalendar=*:0/5", (string)steps[1].Action, StringComparison.Ordinal);
        Assert.Contains($"BACKUPMODULE_HOME={_session["home"]}", (string)steps[0].Action, StringComparison.Ordinal);
        Assert.Contains(_session.Warnings, static warning =>
            warning.Contains("repository 'main'", StringComparison.Ordinal) && warning.Contains("BACKUP_PW", StringComparison.Ordinal));
        Assert.All(steps, static step => Assert.DoesNotContain(ModuleSession.Password, (string)step.Action, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_session["config"]));
        _session.AssertFails("InvalidArgument", "Register-BackupSchedule -Using Systemd -Every 7m -Program /bin/sh");
        _session.AssertFails("InvalidArgument", "Register-BackupSchedule -Using Systemd -Program ./nothing");
    }

    [Fact]
    public async Task A_registered_caller_is_shown_and_taken_out_again()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && !SystemdInstaller.IsRunning, "needs Linux without systemd, which would begin to call");
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _session["config"]);
        await AddPolicyAsync("shop", [Schedules.Default[0]]);

        dynamic caller = _session.One("Register-BackupSchedule -Using Systemd -Scope User -Program /bin/sh -PassThru");

        Assert.Equal(ScheduleCallerKind.Systemd, caller.Using);
        Assert.Equal(TimeSpan.FromMinutes(1), caller.Every);
        Assert.Equal(_session["config/systemd/user/backupmodule-schedule.timer"], caller.Location);
        Assert.Contains(
            (string[])_session.One("Get-BackupSchedule").CalledBy, static name => name.StartsWith("Systemd", StringComparison.Ordinal));

        _session.Run("Unregister-BackupSchedule -Using Systemd -Scope User");
        Assert.Empty(Directory.GetFiles(_session["config"], "*", SearchOption.AllDirectories));
    }

    private static Task AddPolicyAsync(string name, IReadOnlyList<ScheduleEntry> schedule) => Catalog.AddPolicyAsync(
        new BackupPolicy { Name = name, Settings = new PolicySettings { Schedule = schedule } }, default);
}
