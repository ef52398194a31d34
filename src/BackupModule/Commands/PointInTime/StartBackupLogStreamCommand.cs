using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs.LogStreams;
using BackupModule.Core.Policies;
using BackupModule.Core.Recovery.LogStreams;
using BackupModule.Core.Sources;
using BackupModule.Outputs;

namespace BackupModule.Commands.PointInTime;

/// <summary>Streams the logs of a policy's databases into its repository, so that a restore can go back to any moment. One that
/// runs already goes on: cron may call this every few minutes.</summary>
[Cmdlet(VerbsLifecycle.Start, "BackupLogStream", SupportsShouldProcess = true)]
[OutputType(typeof(BackupLogStreamInfo))]
public sealed class StartBackupLogStreamCommand : RepositoryAccessCommand
{
    /// <summary>The policy.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string PolicyName { get; set; } = string.Empty;

    /// <summary>Databases of the policy; all if left out.</summary>
    [Parameter]
    public string[] DatabaseName { get; set; } = [];

    /// <summary>Streams in the foreground until it is stopped: for services.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long bytes of the log are gathered before they are stored, e.g. <c>2s</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long complete log files stay in pieces before they become a backup of the kind <c>log</c>, e.g. <c>1h</c>.
    /// </summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan BackupInterval { get; set; } = TimeSpan.FromHours(1);

    private static LogStreamStates States => LogStreamStates.Of(BackupHome.Locate().Folder);

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RequireRange(Interval, nameof(Interval), TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1));
        RequireRange(BackupInterval, nameof(BackupInterval), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        EffectivePolicy policy = await PolicySearch.ResolveAsync(Catalog, PolicyName, cancellationToken).ConfigureAwait(false);
        List<DatabaseDefinition> wanted = [.. PolicyDatabases.Find(policy, DatabaseName)];
        if (!await Pipeline.ConfirmAsync(
            string.Join(", ", wanted.Select(database => $"{policy.Name}/{database.Name}")), "Stream the log").ConfigureAwait(false))
        {
            return;
        }

        if (Wait)
        {
            await Task.WhenAll(wanted.Select(database => StreamAsync(policy, database, cancellationToken))).ConfigureAwait(false);
        }
        else
        {
            await StartAsync(policy, wanted, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireRange(TimeSpan value, string parameter, TimeSpan shortest, TimeSpan longest)
    {
        if (value < shortest || value > longest)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"-{parameter} cannot be {Duration.Format(value)}.",
                $"Give a time from {Duration.Format(shortest)} to {Duration.Format(longest)}.")
            {
                Subject = parameter,
            };
        }
    }

    private async Task StreamAsync(EffectivePolicy policy, DatabaseDefinition database, CancellationToken cancellationToken)
    {
        using IDisposable? taken = await TakeAsync(policy, database, cancellationToken).ConfigureAwait(false);
        if (taken is null)
        {
            Pipeline.OnWarning($"The log of '{policy.Name}/{database.Name}' is streamed by another process already; Get-BackupLogStream shows it.");
            return;
        }

        try
        {
            await StreamTakenAsync(policy, database, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure)
        {
            // For whoever started this process, and looks how the stream stands.
            States.Fail(policy.Name, database.Name, policy.RequireRepository(), failure, Clock.GetLocalNow());
            throw;
        }
    }

    private async Task StreamTakenAsync(EffectivePolicy policy, DatabaseDefinition database, CancellationToken cancellationToken)
    {
        OpenRepository open = await new CommandRepositories(this, policy.RepositoryName)
            .OpenAsync(policy, cancellationToken).ConfigureAwait(false);
        using Secret? password = database.PasswordReference is { } reference
            ? await new PasswordReader(this, Pipeline).Resolver
                .ResolveAsync(SecretReference.Parse(reference), cancellationToken).ConfigureAwait(false)
            : null;
        LogStreamRunner runner = new(
            policy,
            database,
            open,
            new DatabaseAccess(database, password, Clock),
            States,
            SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
            Pipeline)
        {
            Interval = Interval,
            ArchiveInterval = BackupInterval,
        };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task streaming = runner.RunAsync(stop.Token);
        Task asked = States.WaitForStopAsync(policy.Name, database.Name, Clock, stop.Token);
        await Task.WhenAny(streaming, asked).ConfigureAwait(false);
        bool isAsked = asked.IsCompletedSuccessfully;
        await stop.CancelAsync().ConfigureAwait(false);
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isAsked)
        {
            await streaming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Pipeline.OnDecision($"The stream of '{database.Name}' was asked to stop.");
        }
        else
        {
            await streaming.ConfigureAwait(false);
        }
    }

    // Somebody who looks whether it runs holds it for a moment.
    private static async Task<IDisposable?> TakeAsync(
        EffectivePolicy policy, DatabaseDefinition database, CancellationToken cancellationToken)
    {
        for (int tries = 0; tries < 5; tries++)
        {
            if (States.TryTake(policy.Name, database.Name) is { } taken)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Clock, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task StartAsync(
        EffectivePolicy policy, IReadOnlyList<DatabaseDefinition> databases, CancellationToken cancellationToken)
    {
        string modulePath = await Pipeline.InvokeAsync(() => MyInvocation.MyCommand.Module?.ModuleBase ?? "BackupModule")
            .ConfigureAwait(false);
        foreach (DatabaseDefinition database in databases)
        {
            if (!States.IsRunning(policy.Name, database.Name))
            {
                DateTimeOffset now = Clock.GetLocalNow();
                LogStreamProcess.Start(modulePath, policy.Name, database.Name, Interval, BackupInterval, BackupHome.Locate().Folder);
                await WaitUntilItRunsAsync(policy, database, now, cancellationToken).ConfigureAwait(false);
            }

            if (Find(policy, database) is { } standing)
            {
                LogStreamWarnings.Say(standing, Pipeline);
                await Pipeline.WriteAsync(BackupLogStreamInfo.From(standing.State, standing.IsRunning, Clock.GetLocalNow()))
                    .ConfigureAwait(false);
            }
        }
    }

    private static LogStreamStanding? Find(EffectivePolicy policy, DatabaseDefinition database) => States.Read().FirstOrDefault(item =>
        item.State.PolicyName == policy.Name && item.State.DatabaseName == database.Name);

    // Until it has reached the server, or says why it cannot.
    private static async Task WaitUntilItRunsAsync(
        EffectivePolicy policy, DatabaseDefinition database, DateTimeOffset begun, CancellationToken cancellationToken)
    {
        string logFile = LogStreamProcess.LogFile(BackupHome.Locate().Folder, policy.Name, database.Name);
        for (int i = 0; i < 150; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), Clock, cancellationToken).ConfigureAwait(false);
            switch (Find(policy, database))
            {
                case { State: { Error: { } error } failed, IsRunning: false } when failed.SeenAt >= begun:
                    throw new BackupException(
                        BackupErrorKind.DatabaseUnreachable,
                        $"The stream of '{database.Name}' could not begin: {error}",
                        $"{failed.Guidance} What its process said is in {logFile}.".TrimStart())
                    {
                        Subject = database.Name,
                    };
                case { State: var state, IsRunning: true } when state.StartedAt >= begun && (state.SourceId ?? state.Error) is not null:
                    return;
            }
        }

        throw new BackupException(
            BackupErrorKind.DatabaseUnreachable,
            $"The stream of '{database.Name}' did not begin within 30 seconds.",
            $"What its process said is in {logFile}; with -Wait it is shown here. Its process finds passwords by references alone.")
        {
            Subject = database.Name,
        };
    }
}
