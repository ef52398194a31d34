using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>What all installers share: plans are carried out step by step.</summary>
public abstract class ScheduleInstaller : IScheduleInstaller
{
    private protected ScheduleInstaller(ScheduleScope scope, IProgramRunner programs)
    {
        Scope = scope;
        Programs = programs;
    }

    /// <inheritdoc/>
    public abstract ScheduleCallerKind Kind { get; }

    /// <inheritdoc/>
    public ScheduleScope Scope { get; }

    private protected IProgramRunner Programs { get; }

    /// <inheritdoc/>
    public abstract Task<RegisteredCaller?> FindAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<InstallPlan> PlanInstallAsync(ScheduleCall call, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<InstallPlan> PlanRemovalAsync(string homeFolder, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async Task ExecuteAsync(InstallPlan plan, CancellationToken cancellationToken)
    {
        foreach (InstallStep step in plan.Steps)
        {
            await step.ExecuteAsync(Programs, cancellationToken).ConfigureAwait(false);
        }
    }

    private protected RegisteredCaller Describe(string location, string installed) =>
        new(Kind, Scope, location, RegisteredCaller.ReadEvery(installed));
}
