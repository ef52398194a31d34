using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Has the Windows Task Scheduler call the schedules, through <c>schtasks.exe</c>.</summary>
public sealed class TaskSchedulerInstaller : ScheduleInstaller
{
    private const string Program = "schtasks.exe";
    private const string TaskName = @"\BackupModule\Schedule";
    private const string DefinitionName = "schedule-task.xml";

    /// <summary>Makes an installer for this machine.</summary>
    public TaskSchedulerInstaller(ScheduleScope scope)
        : this(scope, new ProgramRunner())
    {
    }

    internal TaskSchedulerInstaller(ScheduleScope scope, IProgramRunner programs)
        : base(scope, programs)
    {
    }

    /// <inheritdoc/>
    public override ScheduleCallerKind Kind => ScheduleCallerKind.TaskScheduler;

    // Each scope has a task of its own, so that neither replaces the other.
    private string Name => Scope == ScheduleScope.System ? TaskName : $"{TaskName} of {Environment.UserName}";

    /// <inheritdoc/>
    public override async Task<RegisteredCaller?> FindAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await Programs.RunAsync(
            Program, ["/Query", "/TN", Name, "/XML"], input: [], cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? Describe($"task {Name}", Decode(result.Output)) : null;
    }

    /// <inheritdoc/>
    public override Task<InstallPlan> PlanInstallAsync(ScheduleCall call, CancellationToken cancellationToken)
    {
        // A task has no environment of its own, so the call sets it.
        call.Validate();
        ScheduleCall whole = call with
        {
            Arguments = [.. call.Arguments.SkipLast(1), .. call.Arguments.TakeLast(1).Select(script => SetVariables(call) + script)],
        };
        string definition = Path.Combine(call.HomeFolder, DefinitionName);
        string user = Environment.UserDomainName.Length > 0
            ? $@"{Environment.UserDomainName}\{Environment.UserName}"
            : Environment.UserName;
        return Task.FromResult(new InstallPlan(
            $"task {Name}",
            [
                new WriteFileStep(
                    definition,
                    ScheduledTaskXml.Write(whole, Scope, user),
                    Encoding.Unicode,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite),
                new ProgramStep(Program, ["/Create", "/TN", Name, "/XML", definition, "/F"]),
                new RemoveFileStep(definition),
            ],
            Scope == ScheduleScope.User
                ? ["The task runs only while you are logged on. For always, register with -Scope System as an administrator."]
                : []));
    }

    /// <inheritdoc/>
    public override async Task<InstallPlan> PlanRemovalAsync(string homeFolder, CancellationToken cancellationToken) => new(
        $"task {Name}",
        await FindAsync(cancellationToken).ConfigureAwait(false) is null
            ? []
            : [new ProgramStep(Program, ["/Delete", "/TN", Name, "/F"])],
        []);

    private static string SetVariables(ScheduleCall call) => string.Concat(call.Environment
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
        .Select(static pair => $"$env:{pair.Key} = {ShellQuoting.PowerShell(pair.Value)}; "));

    private static string Decode(byte[] output) =>
        output.AsSpan().StartsWith(Encoding.Unicode.GetPreamble()) ? Encoding.Unicode.GetString(output) : Encoding.UTF8.GetString(output);
}
