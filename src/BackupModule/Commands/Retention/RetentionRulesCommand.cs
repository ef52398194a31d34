using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Commands.Backups;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Jobs;
using BackupModule.Core.Retention;

namespace BackupModule.Commands.Retention;

/// <summary>A cmdlet that judges the backups of a repository by rules.</summary>
public abstract class RetentionRulesCommand : RepositoryCommand
{
    /// <summary>The parameter set in which rules are given.</summary>
    protected const string RulesSet = "Rules";

    private const string PolicySet = "Policy";

    /// <summary>The policy whose backups are judged, by its rules. Its repository is looked in, where no other is named.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicySet)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Keeps everything.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    public SwitchParameter KeepAll { get; set; }

    /// <summary>How many of the newest backups stay; -1 for all, here and below.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>For how many hours that have a backup the newest of the hour stays.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepHourly { get; set; }

    /// <summary>For how many days that have a backup the newest of the day stays.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepDaily { get; set; }

    /// <summary>For how many weeks that have a backup the newest of the week stays.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepWeekly { get; set; }

    /// <summary>For how many months that have a backup the newest of the month stays.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepMonthly { get; set; }

    /// <summary>For how many years that have a backup the newest of the year stays.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(RetentionRules.Unlimited, int.MaxValue)]
    public int KeepYearly { get; set; }

    /// <summary>Keeps what is not older than this, counted back from the newest backup, e.g. <c>1y6m</c>.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateNotNullOrEmpty]
    public string? KeepWithin { get; set; }

    /// <summary>Keeps what was made at a date or later, or what is not older than an age, e.g. <c>30d</c>.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [DateOrAgeTransformation]
    public DateOrAge? KeepNewerThan { get; set; }

    /// <summary>Keeps what was made before a date.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [RetentionDateTransformation]
    public RetentionDate? KeepOlderThan { get; set; }

    /// <summary>Keeps backups that have one of these tags; of <c>a,b</c> both.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] KeepTag { get; set; } = [];

    /// <summary>Rules such as <c>every 6h for 2d</c>.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    public string[] Rotation { get; set; } = [];

    /// <summary>Tags that a backup must have to be judged, with wildcards.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The machine that was backed up, with wildcards.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [SupportsWildcards]
    public string[] HostName { get; set; } = [];

    /// <summary>Paths that were named in the backup.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>The largest share of a group of backups that goes without a question, 0 to 1.</summary>
    [Parameter(ParameterSetName = RulesSet)]
    [ValidateRange(0.0, 1.0)]
    public double MaxRemovedShare { get; set; } = new RetentionOptions().MaxRemovedShare;

    /// <summary>Opens the repository whose backups are judged.</summary>
    private protected async Task<OpenRepository> OpenJudgedAsync(CancellationToken cancellationToken)
    {
        if (PolicyName is not null && string.IsNullOrEmpty(RepositoryName))
        {
            RepositoryName = await PolicySearch.FindRepositoryAsync(Catalog, PolicyName, cancellationToken)
                .ConfigureAwait(false);
        }

        return await OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The plan that the parameters ask for.</summary>
    private protected async Task<RetentionPlan> PlanAsync(OpenRepository open, CancellationToken cancellationToken)
    {
        if (PolicyName is not null)
        {
            return await new PolicyRetention(Catalog, Clock, Pipeline).PlanAsync(
                await PolicySearch.ResolveAsync(Catalog, PolicyName, cancellationToken).ConfigureAwait(false),
                open,
                cancellationToken).ConfigureAwait(false);
        }

        BackupFilter filter = new()
        {
            Tags = Tag,
            HostNames = HostName,
            Paths = await Pipeline.InvokeAsync(() => BackupFilter.Spell(this, Path)).ConfigureAwait(false),
        };
        RetentionOptions options = new() { Selects = filter.Selects, MaxRemovedShare = MaxRemovedShare };
        return await new RetentionRunner(open.Repository, Clock, Pipeline)
            .PlanAsync(ReadRules(), options, cancellationToken).ConfigureAwait(false);
    }

    private RetentionRules ReadRules()
    {
        RetentionRules rules = new()
        {
            KeepAll = KeepAll,
            KeepLast = KeepLast,
            KeepHourly = KeepHourly,
            KeepDaily = KeepDaily,
            KeepWeekly = KeepWeekly,
            KeepMonthly = KeepMonthly,
            KeepYearly = KeepYearly,
            KeepWithin = KeepWithin is null ? null : CalendarDuration.Parse(KeepWithin),
            KeepNewerThan = KeepNewerThan,
            KeepOlderThan = KeepOlderThan,
            KeepTags = KeepTag.Length == 0 ? null : [.. KeepTag.Select(static tags => (IReadOnlyList<string>)tags.Split(','))],
            Rotations = Rotation.Length == 0 ? null : [.. Rotation.Select(RotationRule.Parse)],
        };
        return IsAnyRuleGiven() ? rules : RetentionRules.Default;
    }

    // -KeepLast 0 alone is a rule that keeps nothing, and no reason to use others.
    private bool IsAnyRuleGiven() => MyInvocation.BoundParameters.Keys.Any(static name =>
        name.StartsWith("Keep", StringComparison.Ordinal) || name == nameof(Rotation));
}
