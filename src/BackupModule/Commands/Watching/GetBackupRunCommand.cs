using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;
using BackupModule.Outputs;

namespace BackupModule.Commands.Watching;

/// <summary>Lists the runs of policies' jobs, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "BackupRun")]
[OutputType(typeof(RunRecordInfo))]
public sealed class GetBackupRunCommand : CatalogCommand
{
    /// <summary>Names of policies, with wildcards; those of policies that are gone, too.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <summary>Ids or starts of ids.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] RunId { get; set; } = [];

    /// <summary>What was done.</summary>
    [Parameter]
    public JobKind? Job { get; set; }

    /// <summary>How it stands.</summary>
    [Parameter]
    public RunState? State { get; set; }

    /// <summary>Runs that began at this moment or later.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>At most so many, the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IEnumerable<RunRecord> runs = RunId.Length > 0
            ? await FindAsync(cancellationToken).ConfigureAwait(false)
            : await ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (RunRecord run in runs.Where(Selects).Take(First ?? int.MaxValue))
        {
            await Pipeline.WriteAsync(RunRecordInfo.From(run)).ConfigureAwait(false);
        }
    }

    private Task<IReadOnlyList<RunRecord>> ListAsync(CancellationToken cancellationToken)
    {
        // Patterns are matched here, and so is what is taken of what they match.
        bool isOneName = PolicyName is [var name] && !WildcardPattern.ContainsWildcardCharacters(name);
        return Catalog.ListRunsAsync(
            new RunQuery
            {
                PolicyName = isOneName ? PolicyName[0] : null,
                Job = Job,
                State = State,
                Since = Since,
                Limit = isOneName || PolicyName.Length == 0 ? First : null,
            },
            cancellationToken);
    }

    private async Task<IReadOnlyList<RunRecord>> FindAsync(CancellationToken cancellationToken)
    {
        List<RunRecord> found = [];
        foreach (string id in RunId)
        {
            if (await Catalog.FindRunAsync(id, cancellationToken).ConfigureAwait(false) is { } run)
            {
                found.Add(run);
                continue;
            }

            Pipeline.OnItemFailed(new BackupException(
                BackupErrorKind.RunNotFound,
                $"No run has the id '{id}', or more than one starts with it.",
                "Get-BackupRun lists them; give more digits.")
            {
                Subject = id,
            });
        }

        return found;
    }

    private bool Selects(RunRecord run) =>
        (PolicyName.Length == 0 || PolicyName.Any(name =>
            WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(run.PolicyName)))
        && (Job is null || run.Job == Job)
        && (State is null || run.State == State)
        && (Since is null || run.StartedAt >= Since);
}
