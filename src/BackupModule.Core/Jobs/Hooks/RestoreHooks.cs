using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Jobs.Hooks;

/// <summary>What a policy wants done around a restore in place: its hooks, services stopped and started, and the
/// application brought up again.</summary>
/// <param name="policy">The policy.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class RestoreHooks(EffectivePolicy policy, TimeProvider time, IBackupObserver observer)
{
    /// <summary>True if the policy wants anything.</summary>
    public bool IsEmpty => (policy.Merged.Restart ?? []).Count == 0
        && !policy.Hooks.Any(static hook => hook.Stage is HookStage.PreRestore or HookStage.PostRestore);

    /// <summary>Restores between the hooks. What was stopped before is started again however the restore ended.</summary>
    /// <param name="backupId">The backup, for the hooks.</param>
    /// <param name="restore">The restore.</param>
    /// <param name="cancellationToken">Stops the restore and the hooks before it.</param>
    /// <exception cref="BackupException"><c>HookFailed</c>: a hook before the restore failed, and nothing was restored; or the
    /// restore's own failure.</exception>
    public async Task<T> AroundAsync<T>(
        string backupId, Func<CancellationToken, Task<T>> restore, CancellationToken cancellationToken)
    {
        HookRunner hooks = new(time, observer);
        Dictionary<string, string> told = new() { ["POLICY"] = policy.Name, ["BACKUP_ID"] = backupId };
        try
        {
            await hooks.RunAsync(Before(), HookStage.PreRestore, told, cancellationToken).ConfigureAwait(false);
            T result = await restore(cancellationToken).ConfigureAwait(false);
            told["STATE"] = nameof(RunState.Completed);
            return result;
        }
        finally
        {
            told.TryAdd("STATE", nameof(RunState.Failed));
            await RunAfterAsync(hooks, told).ConfigureAwait(false);
        }
    }

    private IEnumerable<PolicyHook> Before() => policy.Hooks.Where(static hook => hook.Stage == HookStage.PreRestore)
        .Concat(Stopped().Select(static service => MakeHook(HookStage.PreRestore, StopOf(service))));

    // Hooks find the services after the restore as they found them before it: running.
    private IEnumerable<PolicyHook> After() => Stopped().Select(static service => MakeHook(HookStage.PostRestore, StartOf(service)))
        .Concat(policy.Hooks.Where(static hook => hook.Stage == HookStage.PostRestore))
        .Concat((policy.Merged.Restart ?? []).Where(static action => !action.StopsBefore)
            .Select(static action => MakeHook(HookStage.PostRestore, action.Command ?? RestartOf(action.Service!))));

    private IEnumerable<string> Stopped() => (policy.Merged.Restart ?? [])
        .Where(static action => action is { StopsBefore: true, Service: not null }).Select(static action => action.Service!);

    private async Task RunAfterAsync(HookRunner hooks, Dictionary<string, string> told)
    {
        foreach (PolicyHook hook in After())
        {
            try
            {
                await hooks.RunAsync([hook], HookStage.PostRestore, told, CancellationToken.None).ConfigureAwait(false);
            }
            catch (BackupException failure)
            {
                observer.OnItemFailed(failure);
            }
        }
    }

    private static PolicyHook MakeHook(HookStage stage, string command) => new() { Stage = stage, Command = command };

    private static string StopOf(string service) =>
        OperatingSystem.IsWindows() ? $"net stop \"{service}\"" : $"systemctl stop '{service}'";

    private static string StartOf(string service) =>
        OperatingSystem.IsWindows() ? $"net start \"{service}\"" : $"systemctl start '{service}'";

    private static string RestartOf(string service) => OperatingSystem.IsWindows()
        ? $"{StopOf(service)} & {StartOf(service)}"
        : $"systemctl restart '{service}'";
}
