using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Has a program of the machine call the schedules.</summary>
/// <remarks>Plans change nothing. What others have installed is never touched. An installation replaces an earlier one of
/// the same kind and scope; a removal of what is not there does nothing.</remarks>
public interface IScheduleInstaller
{
    /// <summary>What it has call.</summary>
    ScheduleCallerKind Kind { get; }

    /// <summary>For whom.</summary>
    ScheduleScope Scope { get; }

    /// <summary>What is installed; null for nothing.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>PlatformUnsupported</c>: this machine has no such program.</exception>
    Task<RegisteredCaller?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Plans an installation.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>InvalidArgument</c>: the call cannot be installed so;
    /// <c>PlatformUnsupported</c>; <c>AccessDenied</c>.</exception>
    Task<InstallPlan> PlanInstallAsync(ScheduleCall call, CancellationToken cancellationToken);

    /// <summary>Plans a removal.</summary>
    /// <param name="homeFolder">The folder of the local state.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="Diagnostics.BackupException"><c>PlatformUnsupported</c>; <c>AccessDenied</c>.</exception>
    Task<InstallPlan> PlanRemovalAsync(string homeFolder, CancellationToken cancellationToken);

    /// <summary>Carries a plan out, step by step, and stops at the first that fails.</summary>
    /// <exception cref="Diagnostics.BackupException">A step failed.</exception>
    Task ExecuteAsync(InstallPlan plan, CancellationToken cancellationToken);
}
