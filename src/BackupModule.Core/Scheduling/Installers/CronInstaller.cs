using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Has the cron daemon call the schedules: from a block in the user's crontab, or from a file of its own in
/// <c>/etc/cron.d</c>.</summary>
public sealed class CronInstaller : ScheduleInstaller
{
    private const string FileName = "backupmodule";
    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // Debian's cron takes no longer command.
    private const int LongestCommand = 998;

    private readonly string _systemFile;
    private readonly Func<bool> _isDaemonRunning;

    /// <summary>Makes an installer for this machine.</summary>
    public CronInstaller(ScheduleScope scope)
        : this(scope, new ProgramRunner(), "/etc/cron.d", CronDaemon.IsRunning)
    {
    }

    internal CronInstaller(ScheduleScope scope, IProgramRunner programs, string systemFolder, Func<bool> isDaemonRunning)
        : base(scope, programs)
    {
        _systemFile = Path.Combine(systemFolder, FileName);
        _isDaemonRunning = isDaemonRunning;
    }

    /// <inheritdoc/>
    public override ScheduleCallerKind Kind => ScheduleCallerKind.Cron;

    private string Location => Scope == ScheduleScope.System ? _systemFile : $"crontab of {Environment.UserName}";

    /// <inheritdoc/>
    public override async Task<RegisteredCaller?> FindAsync(CancellationToken cancellationToken)
    {
        string? installed = Scope == ScheduleScope.User
            ? CrontabText.Read(await CrontabStep.ReadAsync(Programs, cancellationToken).ConfigureAwait(false) ?? string.Empty)
            : File.Exists(_systemFile)
                ? await File.ReadAllTextAsync(_systemFile, cancellationToken).ConfigureAwait(false)
                : null;
        return installed is null ? null : Describe(Location, installed);
    }

    /// <inheritdoc/>
    public override async Task<InstallPlan> PlanInstallAsync(ScheduleCall call, CancellationToken cancellationToken)
    {
        call.Validate();
        string command = ShellQuoting.Crontab(CallScript.CommandIn(call.HomeFolder, Scope));
        if (Encoding.UTF8.GetByteCount(command) > LongestCommand)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The path of the folder '{call.HomeFolder}' is too long for a line of cron.",
                "Choose another way with -Using, or a shorter path in BACKUPMODULE_HOME.");
        }

        string times = call.Minutes switch
        {
            1 => "* * * * *",
            60 => "0 * * * *",
            int minutes => $"*/{minutes} * * * *",
        };
        InstallStep cron = Scope == ScheduleScope.System
            ? new WriteFileStep(
                _systemFile,
                $"# {call.Description}.\n# Made by Register-BackupSchedule; Unregister-BackupSchedule removes it.\n"
                    + $"{times} root {command}\n",
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                FileMode)
            : await PlanBlockAsync($"# {call.Description}.\n{times} {command}\n", cancellationToken).ConfigureAwait(false);
        List<string> warnings = [];
        if (!_isDaemonRunning())
        {
            warnings.Add("No cron daemon seems to run on this machine, so nothing will call the schedules until one is started.");
        }

        return new InstallPlan(Location, [CallScript.StepFor(call, Scope), cron], warnings);
    }

    /// <inheritdoc/>
    public override async Task<InstallPlan> PlanRemovalAsync(string homeFolder, CancellationToken cancellationToken)
    {
        IEnumerable<InstallStep> cron = Scope == ScheduleScope.System
            ? File.Exists(_systemFile) ? [new RemoveFileStep(_systemFile)] : []
            : await PlanBlockRemovalAsync(cancellationToken).ConfigureAwait(false);
        string script = CallScript.PathIn(homeFolder, Scope);
        return new InstallPlan(
            Location, [.. cron, .. File.Exists(script) && cron.Any() ? [new RemoveFileStep(script)] : Array.Empty<InstallStep>()], []);
    }

    private async Task<InstallStep> PlanBlockAsync(string lines, CancellationToken cancellationToken)
    {
        string? before = await CrontabStep.ReadAsync(Programs, cancellationToken).ConfigureAwait(false);
        string bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(lines));
        return new CrontabStep(before, CrontabText.Put(before ?? string.Empty, bytes));
    }

    private async Task<IReadOnlyList<InstallStep>> PlanBlockRemovalAsync(CancellationToken cancellationToken)
    {
        string? before = await CrontabStep.ReadAsync(Programs, cancellationToken).ConfigureAwait(false);
        if (before is null || CrontabText.Read(before) is null)
        {
            return [];
        }

        string after = CrontabText.Remove(before);
        return [new CrontabStep(before, after.Length == 0 ? null : after)];
    }
}
