using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Jobs;

/// <summary>Holds the lease of a policy while its jobs run.</summary>
/// <param name="catalog">The catalog that gave it.</param>
/// <param name="time">The clock.</param>
public sealed class PolicyLease(IScheduleCatalog catalog, TimeProvider time)
{
    /// <summary>How long a lease is believed without being renewed: a runner that died holds a policy up so long.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a scheduled job waits for a lock on a repository: another policy's check may take that long.</summary>
    public static TimeSpan LockWait { get; } = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);

    /// <summary>The name under which this process holds leases.</summary>
    public static string Runner { get; } =
        $"{MachineIdentity.Current.HostName}/{MachineIdentity.Current.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>Takes a policy's lease, waiting for whoever holds it.</summary>
    /// <param name="policyName">The policy.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BackupException"><c>PolicyBusy</c>.</exception>
    public async Task<ScheduleLease> TakeAsync(string policyName, TimeSpan wait, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            if (await catalog.ClaimAsync(Runner, policyName, Length, cancellationToken).ConfigureAwait(false) is { } lease)
            {
                return lease;
            }

            if (time.GetElapsedTime(started) >= wait)
            {
                throw new BackupException(
                    BackupErrorKind.PolicyBusy,
                    $"Somebody else is running the policy '{policyName}'.",
                    "Wait for it with -LockWait, e.g. -LockWait 30m; Get-BackupSchedule shows who it is.")
                {
                    Subject = policyName,
                };
            }

            await Task.Delay(s_retry, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Works under a lease, renews it meanwhile, and gives it back. When it is lost, the work is cancelled: somebody
    /// else may have begun the same.</summary>
    /// <exception cref="BackupException"><c>LockLost</c>.</exception>
    public async Task<T> HoldAsync<T>(
        ScheduleLease lease, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource lost = new();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(lost.Token, cancellationToken);
        using CancellationTokenSource done = new();
        Task renewing = RenewAsync(lease, lost, done.Token);
        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackupException(
                BackupErrorKind.LockLost,
                $"The right to run the policy '{lease.PolicyName}' was lost to another runner, so the work was stopped.",
                "Check that the catalog can be written all the time.")
            {
                Subject = lease.PolicyName,
            };
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            await GiveBackAsync(lease).ConfigureAwait(false);
        }
    }

    private async Task RenewAsync(ScheduleLease lease, CancellationTokenSource lost, CancellationToken done)
    {
        DateTimeOffset believedUntil = time.GetUtcNow() + Length;
        while (!done.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_renewal, time, done).ConfigureAwait(false);
                if (await catalog.RenewAsync(lease, Length, done).ConfigureAwait(false) is null)
                {
                    await lost.CancelAsync().ConfigureAwait(false);
                    return;
                }

                believedUntil = time.GetUtcNow() + Length;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (BackupException) when (time.GetUtcNow() < believedUntil)
            {
                // The catalog may be back before the lease runs out.
            }
            catch (BackupException)
            {
                await lost.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task GiveBackAsync(ScheduleLease lease)
    {
        try
        {
            await catalog.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackupException)
        {
            // It runs out by itself.
        }
    }
}
