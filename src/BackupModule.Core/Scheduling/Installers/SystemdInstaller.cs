using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Has a systemd timer call the schedules, of the user's manager or of the machine's.</summary>
public sealed class SystemdInstaller : ScheduleInstaller
{
    private const string Program = "systemctl";
    private const string RunningMark = "/run/systemd/system";
    private const string LingerFolder = "/var/lib/systemd/linger";
    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder;
    private readonly bool _isRunning;

    /// <summary>Makes an installer for this machine.</summary>
    public SystemdInstaller(ScheduleScope scope)
        : this(scope, new ProgramRunner(), UnitFolder(scope), IsRunning)
    {
    }

    internal SystemdInstaller(ScheduleScope scope, IProgramRunner programs, string folder, bool isRunning)
        : base(scope, programs)
    {
        _folder = folder;
        _isRunning = isRunning;
    }

    /// <summary>True if systemd runs this machine.</summary>
    public static bool IsRunning => Directory.Exists(RunningMark);

    /// <inheritdoc/>
    public override ScheduleCallerKind Kind => ScheduleCallerKind.Systemd;

    private string ServicePath => Path.Combine(_folder, SystemdUnits.Service);

    private string TimerPath => Path.Combine(_folder, SystemdUnits.Timer);

    /// <inheritdoc/>
    public override async Task<RegisteredCaller?> FindAsync(CancellationToken cancellationToken) =>
        File.Exists(TimerPath)
            ? Describe(TimerPath, await File.ReadAllTextAsync(TimerPath, cancellationToken).ConfigureAwait(false))
            : null;

    /// <inheritdoc/>
    public override Task<InstallPlan> PlanInstallAsync(ScheduleCall call, CancellationToken cancellationToken)
    {
        call.Validate();
        if (call.Program.AsSpan().ContainsAny('"', '\'', '\\'))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"systemd runs no program whose path has a quote or a backslash in it, as '{call.Program}' has.",
                "Name the program by another path with -Program, or choose another way with -Using.");
        }

        List<string> warnings = [];
        if (!_isRunning)
        {
            warnings.Add(
                $"systemd does not run here, so the units are only written. Where it does: {Program} {string.Join(' ', Enable)}");
        }
        else if (Scope == ScheduleScope.User && !File.Exists(Path.Combine(LingerFolder, Environment.UserName)))
        {
            warnings.Add(
                $"The timers of {Environment.UserName} run only while somebody is logged in as such. For always: "
                    + $"loginctl enable-linger {Environment.UserName}");
        }

        return Task.FromResult(new InstallPlan(
            TimerPath,
            [
                Write(ServicePath, SystemdUnits.WriteService(call, Scope)),
                Write(TimerPath, SystemdUnits.WriteTimer(call)),
                .. WhereItRuns(Step("daemon-reload"), new ProgramStep(Program, Enable)),
            ],
            warnings));
    }

    /// <inheritdoc/>
    public override Task<InstallPlan> PlanRemovalAsync(string homeFolder, CancellationToken cancellationToken) =>
        Task.FromResult(new InstallPlan(
            TimerPath,
            File.Exists(TimerPath) || File.Exists(ServicePath)
                ? [
                    .. File.Exists(TimerPath) ? WhereItRuns(Step("disable", "--now", SystemdUnits.Timer)) : [],
                    new RemoveFileStep(TimerPath),
                    new RemoveFileStep(ServicePath),
                    .. WhereItRuns(Step("daemon-reload")),
                ]
                : [],
            []));

    private IReadOnlyList<string> Enable => Step("enable", "--now", SystemdUnits.Timer).Arguments;

    private ProgramStep Step(params string[] arguments) =>
        new(Program, Scope == ScheduleScope.User ? ["--user", .. arguments] : arguments);

    private IEnumerable<InstallStep> WhereItRuns(params InstallStep[] steps) => steps.Where(_ => _isRunning);

    private static WriteFileStep Write(string path, string text) =>
        new(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FileMode);

    private static string UnitFolder(ScheduleScope scope)
    {
        if (scope == ScheduleScope.System)
        {
            return "/etc/systemd/system";
        }

        string? named = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        string configuration = named is not null && Path.IsPathRooted(named)
            ? named
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
                ".config");
        return Path.Combine(configuration, "systemd", "user");
    }
}
