using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Commands.Backups;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Copies;

/// <summary>Brings copies of a repository up to date. What a copy has removed stays removed.</summary>
[Cmdlet(VerbsData.Sync, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupCopyInfo), typeof(BackupCopyPlanInfo), typeof(BackupJob))]
public sealed class SyncBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    /// <summary>The registered names of the repositories to copy into; all that are registered as copies if left out.
    /// </summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] Destination { get; set; } = [];

    /// <summary>Tags that a backup must have, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The machine that was backed up, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] HostName { get; set; } = [];

    /// <summary>Only backups that started before.</summary>
    [Parameter]
    public DateTimeOffset? Before { get; set; }

    /// <summary>Only backups that started after.</summary>
    [Parameter]
    public DateTimeOffset? After { get; set; }

    /// <summary>Copies also what the destination had and removed.</summary>
    [Parameter]
    public SwitchParameter Again { get; set; }

    /// <summary>Reads back what was stored, also from a bucket.</summary>
    [Parameter]
    public SwitchParameter ReadBack { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository source = await OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RegisteredRepository> destinations = await FindDestinationsAsync(source, cancellationToken)
            .ConfigureAwait(false);
        foreach (RegisteredRepository registered in destinations)
        {
            try
            {
                await SyncAsync(source, registered, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure) when (destinations.Count > 1)
            {
                Pipeline.OnItemFailed(failure);
            }
        }
    }

    private async Task SyncAsync(
        OpenRepository source, RegisteredRepository registered, CancellationToken cancellationToken)
    {
        OpenRepository destination = await OpenCopyAsync(registered, cancellationToken).ConfigureAwait(false);
        BackupFilter filter = new() { Tags = Tag, HostNames = HostName, Before = Before, After = After };
        CopyWork work = new(source, destination, new CopyOptions
        {
            Selects = filter.Selects,
            CopyRemoved = Again,
            ReadBack = ReadBack,
            LockWait = LockWait,
        });
        switch (await Pipeline.AskAsync(destination.Name, $"Copy the backups of {source.Name} that it lacks")
            .ConfigureAwait(false))
        {
            case Consent.Given:
                await DoAsync((output, token) => work.RunAsync(Clock, RecordAsync, output, token), cancellationToken)
                    .ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                await Pipeline.WriteAsync(await work.PlanAsync(Pipeline, cancellationToken).ConfigureAwait(false))
                    .ConfigureAwait(false);
                break;
        }
    }

    private async Task<IReadOnlyList<RegisteredRepository>> FindDestinationsAsync(
        OpenRepository source, CancellationToken cancellationToken)
    {
        if (Destination.Length > 0)
        {
            List<RegisteredRepository> named = [];
            foreach (string name in Destination)
            {
                named.Add(await FindRegisteredAsync(name, cancellationToken).ConfigureAwait(false));
            }

            return named;
        }

        IReadOnlyList<RegisteredRepository> all = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        List<RegisteredRepository> copies =
            [.. all.Where(repository => repository.CopyOf == source.Registered.RepositoryId)];
        return copies.Count > 0
            ? copies
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"No repository is registered as a copy of '{source.Name}'.",
                $"Name one with -Destination, or say so with Set-BackupRepository -CopyOf {source.Name}.")
            {
                Subject = source.Name,
            };
    }

    private async Task<OpenRepository> OpenCopyAsync(
        RegisteredRepository registered, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenOtherAsync(registered.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (registered.Role == RepositoryRole.Archive
            && failure.Kind == BackupErrorKind.RepositoryNotFound)
        {
            ILookup<string, RepositoryFact> facts = await Catalog.ListFactsAsync(cancellationToken)
                .ConfigureAwait(false);
            DateTimeOffset? seen = facts[registered.RepositoryId].Max(static fact => (DateTimeOffset?)fact.At);
            string last = seen is { } moment
                ? $"it was last seen on {moment.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}"
                : "it was never synced from here";
            throw new BackupException(
                BackupErrorKind.RepositoryNotFound,
                $"The archive '{registered.Name}' is not at {registered.Location}; {last}.",
                "Connect and mount its disk, then run the command again.",
                failure)
            {
                Subject = registered.Name,
            };
        }
    }
}
