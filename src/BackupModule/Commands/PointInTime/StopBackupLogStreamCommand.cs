using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Outputs;

namespace BackupModule.Commands.PointInTime;

/// <summary>Stops streams of this machine, when what they have is stored. The server goes on keeping its log for them, unless
/// they are given up for good.</summary>
[Cmdlet(VerbsLifecycle.Stop, "BackupLogStream", SupportsShouldProcess = true)]
[OutputType(typeof(BackupLogStreamInfo))]
public sealed class StopBackupLogStreamCommand : LogStreamListCommand
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(45);

    /// <summary>Policies, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <summary>Gives the streams up: the server no longer keeps its log for them (of PostgreSQL, the slot is dropped). What comes
    /// then cannot be reached until the next backup.</summary>
    [Parameter]
    public SwitchParameter Remove { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        LogStreamStanding[] found = [.. States.Read().Where(item => Selects(PolicyName, item.State))];
        foreach (string name in PolicyName.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)
            && !found.Any(item => item.State.PolicyName.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            // Before maintenance, streams are stopped whether there are any or not; a policy that is not there is a mistake.
            if (await Catalog.FindPolicyAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            {
                Pipeline.OnDecision($"No stream of the policy '{name}' was started on this machine.");
                continue;
            }

            Pipeline.OnItemFailed(new BackupException(
                BackupErrorKind.ItemNotFound,
                $"There is no policy '{name}', and no stream of one was started on this machine.",
                "Get-BackupLogStream lists those that were; a stream is stopped on the machine that it runs on.")
            {
                Subject = name,
            });
        }

        foreach ((LogStreamState state, bool isRunning) in found)
        {
            if (!isRunning && !Remove)
            {
                await Pipeline.WriteAsync(BackupLogStreamInfo.From(state, isRunning, Clock.GetLocalNow())).ConfigureAwait(false);
                continue;
            }

            string action = Remove ? "Stop the stream of the log for good" : "Stop the stream of the log";
            if (!await Pipeline.ConfirmAsync($"{state.PolicyName}/{state.DatabaseName}", action).ConfigureAwait(false))
            {
                continue;
            }

            if (isRunning)
            {
                States.RequestStop(state.PolicyName, state.DatabaseName);
                await WaitAsync(state, cancellationToken).ConfigureAwait(false);
            }

            if (Remove)
            {
                await ReleaseAsync(state, cancellationToken).ConfigureAwait(false);
            }

            await Pipeline.WriteAsync(BackupLogStreamInfo.From(States.Find(state), isRunning: false, Clock.GetLocalNow()))
                .ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync(LogStreamState state, CancellationToken cancellationToken)
    {
        if (await FindDatabaseAsync(state, cancellationToken).ConfigureAwait(false) is not { } database)
        {
            Pipeline.OnWarning(
                $"There is no policy '{state.PolicyName}' with a database '{state.DatabaseName}' any more, so its server was not told "
                + $"that the stream {state.StreamId} is given up. See that it keeps nothing for it: a slot of PostgreSQL ends in its number.");
            States.Forget(state);
            return;
        }

        // One that never came as far as its server has nothing there.
        if (state.StreamId.Length > 0)
        {
            await ReleaseAsync(state, database, cancellationToken).ConfigureAwait(false);
        }

        States.Forget(state);
    }

    private async Task<DatabaseDefinition?> FindDatabaseAsync(LogStreamState state, CancellationToken cancellationToken) =>
        await Catalog.FindPolicyAsync(state.PolicyName, cancellationToken).ConfigureAwait(false) is null
            ? null
            : (await PolicySearch.ResolveAsync(Catalog, state.PolicyName, cancellationToken).ConfigureAwait(false)).Databases
                .FirstOrDefault(database => database.Name.Equals(state.DatabaseName, StringComparison.OrdinalIgnoreCase));

    private async Task ReleaseAsync(LogStreamState state, DatabaseDefinition database, CancellationToken cancellationToken)
    {
        using Secret? password = database.PasswordReference is { } reference
            ? await new PasswordReader(this, Pipeline).Resolver
                .ResolveAsync(SecretReference.Parse(reference), cancellationToken).ConfigureAwait(false)
            : null;
        if (DatabaseEngines.Of(database.Engine) is ILogSource source)
        {
            await source.ReleaseLogAsync(new DatabaseAccess(database, password, Clock), state.StreamId, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static async Task WaitAsync(LogStreamState state, CancellationToken cancellationToken)
    {
        long started = Clock.GetTimestamp();
        while (States.IsRunning(state.PolicyName, state.DatabaseName))
        {
            if (Clock.GetElapsedTime(started) > s_limit)
            {
                throw new BackupException(
                    BackupErrorKind.LockLost,
                    $"The stream of '{state.DatabaseName}' has not ended within {s_limit.TotalSeconds} seconds.",
                    $"It may be storing its last piece; else end the process {state.ProcessId}: nothing that was reported as stored is lost.")
                {
                    Subject = state.DatabaseName,
                };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), Clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
