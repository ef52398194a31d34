using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Completion;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Retention;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that says what a policy is.</summary>
public abstract class PolicySettingsCommand : PolicyCatalogCommand
{
    /// <summary>The policy that the settings are inherited from where this one does not say; <c>default</c> if none is named.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? BasedOn { get; set; }

    /// <summary>What the policy is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>The registered repository that backups go to.</summary>
    [Parameter]
    [Alias("Repository")]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? RepositoryName { get; set; }

    /// <summary>The registered repositories that backups are copied to.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[]? CopyTo { get; set; }

    /// <summary>Files and folders of the program.</summary>
    [Parameter]
    public string[]? CodePath { get; set; }

    /// <summary>Files and folders that its users brought.</summary>
    [Parameter]
    public string[]? UploadPath { get; set; }

    /// <summary>Files and folders that say how it is set up; what links in them lead to belongs to them.</summary>
    [Parameter]
    public string[]? ConfigurationPath { get; set; }

    /// <summary>Files and folders of certificates; what links in them lead to belongs to them.</summary>
    [Parameter]
    public string[]? CertificatePath { get; set; }

    /// <summary>Certificate stores of the operating system, as <c>LocalMachine/My</c>.</summary>
    [Parameter]
    public string[]? CertificateStore { get; set; }

    /// <summary>Files of environment variables.</summary>
    [Parameter]
    public string[]? EnvironmentFile { get; set; }

    /// <summary>Environment variables of the process that runs the backup, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? EnvironmentVariable { get; set; }

    /// <summary>Any other files and folders.</summary>
    [Parameter]
    public string[]? Path { get; set; }

    /// <summary>Database sources, as <c>New-BackupDatabase</c> makes them, or as hashtables with the same members.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [DocumentTransformation(typeof(DatabaseDefinition))]
    public DatabaseDefinition[]? Database { get; set; }

    /// <summary>Components with rules of their own, as hashtables:
    /// <c>@{ Component = 'Uploads'; Paths = '/srv/up'; Exclude = '*.tmp' }</c>.</summary>
    [Parameter]
    [DocumentTransformation(typeof(PolicyComponent))]
    public PolicyComponent[]? Component { get; set; }

    /// <summary>Patterns of what is left out, as in restic.</summary>
    [Parameter]
    public string[]? Exclude { get; set; }

    /// <summary>Names of files whose presence leaves their folder out.</summary>
    [Parameter]
    public string[]? ExcludeIfPresent { get; set; }

    /// <summary>Leaves larger files out, e.g. <c>500MB</c>.</summary>
    [Parameter]
    [SizeTransformation]
    public long? ExcludeLargerThan { get; set; }

    /// <summary>Leaves folders out that a <c>CACHEDIR.TAG</c> marks as caches: so it is unless <c>$false</c> is given.</summary>
    [Parameter]
    public bool? ExcludeCaches { get; set; }

    /// <summary>Stays on the file system of each path.</summary>
    [Parameter]
    public bool? OneFileSystem { get; set; }

    /// <summary>When what is done: <c>'hourly=15 * * * *'</c>, <c>'daily=@daily'</c>, <c>'verification=0 5 * * 0'</c>, or
    /// hashtables such as <c>@{ Name = 'night'; Kind = 'Daily'; Full = $true; Cron = '0 2 * * *' }</c>.</summary>
    [Parameter]
    [ScheduleTransformation]
    public ScheduleEntry[]? Schedule { get; set; }

    /// <summary>The time zone of the schedule, e.g. <c>Europe/Berlin</c>; the machine's own if none is named.</summary>
    [Parameter]
    public string? TimeZone { get; set; }

    /// <summary>Where the password of the repository's key is found, where it is not what the repository is registered with:
    /// <c>env:NAME</c>, <c>file:PATH</c>, <c>command:PROGRAM ARGS</c>, <c>vault:VAULT/NAME</c>.</summary>
    [Parameter]
    public string? Password { get; set; }

    /// <summary>The zstd level of new data, 1 to 22.</summary>
    [Parameter]
    [ValidateRange(1, 22)]
    public int? CompressionLevel { get; set; }

    /// <summary>The notification channels that are told; those whose routes fit if none is named.</summary>
    [Parameter]
    public string[]? NotifyChannel { get; set; }

    /// <summary>Which runs are told.</summary>
    [Parameter]
    public NotificationMode? NotifyMode { get; set; }

    /// <summary>Commands that run before a backup; if one fails, there is no backup.</summary>
    [Parameter]
    public string[]? PreBackup { get; set; }

    /// <summary>Commands that run after a backup, whether it went well or not.</summary>
    [Parameter]
    public string[]? PostBackup { get; set; }

    /// <summary>Commands that run before a restore.</summary>
    [Parameter]
    public string[]? PreRestore { get; set; }

    /// <summary>Commands that run after a restore, whether it went well or not.</summary>
    [Parameter]
    public string[]? PostRestore { get; set; }

    /// <summary>How long each of these commands may take, e.g. <c>10m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? HookTimeLimit { get; set; }

    /// <summary>Services that are stopped before a restore in place, and started after it.</summary>
    [Parameter]
    public string[]? StopService { get; set; }

    /// <summary>Services that are restarted after a restore in place.</summary>
    [Parameter]
    public string[]? RestartService { get; set; }

    /// <summary>Commands that bring the application up again after a restore in place.</summary>
    [Parameter]
    public string[]? RestartCommand { get; set; }

    /// <summary>What is asked after a restore in place to learn whether the application works: pages that must answer, as
    /// <c>http://127.0.0.1:8080/health</c>, and ports that must take connections, as <c>tcp://127.0.0.1:5432</c>.</summary>
    [Parameter]
    public string[]? HealthCheck { get; set; }

    /// <summary>How long each of them is tried until it is well, e.g. <c>1m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? HealthCheckTimeout { get; set; }

    /// <summary>How much it matters.</summary>
    [Parameter]
    public RecoveryClass? RecoveryClass { get; set; }

    /// <summary>The longest that it may take until the application works again, where it is not that of the class.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? RecoveryTime { get; set; }

    /// <summary>How old the newest backup may get, where it is not that of the class.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? RecoveryPoint { get; set; }

    /// <summary>The least bytes that a backup is expected to have.</summary>
    [Parameter]
    [SizeTransformation]
    public long? MinimumSize { get; set; }

    /// <summary>The most bytes that a backup is expected to have.</summary>
    [Parameter]
    [SizeTransformation]
    public long? MaximumSize { get; set; }

    /// <summary>Files that must be in every backup.</summary>
    [Parameter]
    public string[]? RequiredFile { get; set; }

    /// <summary>The machines whose schedules run the policy, with wildcards; any if none is named.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? RunOn { get; set; }

    /// <summary>Which backups stay, as a hashtable: <c>@{ KeepDaily = 14; Rotations = 'every 6h for 2d' }</c>.</summary>
    [Parameter]
    [RetentionTransformation]
    public RetentionRules? Retention { get; set; }

    /// <summary>Which backups stay in copies, as a hashtable of hashtables by the names of their repositories.</summary>
    [Parameter]
    public Hashtable? CopyRetention { get; set; }

    /// <summary>The settings, with what was given in place of what was.</summary>
    /// <param name="before">What the policy said itself.</param>
    /// <param name="holding">What held for it, with what it inherits.</param>
    private protected async Task<PolicySettings> ChangeAsync(PolicySettings before, PolicySettings holding) => before with
    {
        Retention = Retention ?? before.Retention,
        CopyRetention = CopyRetention is null ? before.CopyRetention : RetentionTransformationAttribute.ReadMap(CopyRetention),
        Description = Description ?? before.Description,
        RepositoryName = RepositoryName ?? before.RepositoryName,
        CopyTo = CopyTo ?? before.CopyTo,
        Components = await Pipeline.InvokeAsync(() => ChangeComponents(before.Components)).ConfigureAwait(false),
        Exclude = ChangeExclude(before.Exclude, holding.Exclude!),
        Schedule = ChangeSchedule(before.Schedule, holding.Schedule!),
        CompressionLevel = CompressionLevel ?? before.CompressionLevel,
        PasswordReference = ReadPassword() ?? before.PasswordReference,
        NotifyChannels = NotifyChannel ?? before.NotifyChannels,
        NotifyMode = NotifyMode ?? before.NotifyMode,
        Hooks = ChangeHooks(before.Hooks),
        Restart = ChangeRestart(before.Restart),
        HealthChecks = HealthCheck ?? before.HealthChecks,
        HealthCheckTimeout = HealthCheckTimeout ?? before.HealthCheckTimeout,
        RecoveryClass = RecoveryClass ?? before.RecoveryClass,
        RecoveryTargets = ChangeTargets(before, holding),
        ExpectedSize = MinimumSize is null && MaximumSize is null
            ? before.ExpectedSize
            : new SizeRange(MinimumSize ?? before.ExpectedSize?.Minimum, MaximumSize ?? before.ExpectedSize?.Maximum),
        RequiredFiles = RequiredFile is null
            ? before.RequiredFiles
            : await Pipeline.InvokeAsync(() => Resolve(RequiredFile)).ConfigureAwait(false),
        Hosts = RunOn ?? before.Hosts,
    };

    private string[] Resolve(string[] paths) => [.. paths.Select(path => FilePaths.Resolve(this, path))];

    // A component that is named takes the place of what was said of it, one that is named as nothing goes; the others stay.
    private IReadOnlyList<PolicyComponent>? ChangeComponents(IReadOnlyList<PolicyComponent>? before)
    {
        List<PolicyComponent> given = [.. Component ?? []];
        AddPaths(given, BackupComponent.Code, CodePath);
        AddPaths(given, BackupComponent.Uploads, UploadPath);
        AddPaths(given, BackupComponent.Configuration, ConfigurationPath);
        AddPaths(given, BackupComponent.Files, Path);
        if (CertificatePath is not null || CertificateStore is not null)
        {
            given.Add(new PolicyComponent
            {
                Component = BackupComponent.Certificates,
                Paths = Resolve(CertificatePath ?? []),
                CertificateStores = CertificateStore ?? [],
            });
        }

        if (EnvironmentFile is not null || EnvironmentVariable is not null)
        {
            given.Add(new PolicyComponent
            {
                Component = BackupComponent.Environment,
                Paths = Resolve(EnvironmentFile ?? []),
                Variables = EnvironmentVariable ?? [],
            });
        }

        if (Database is not null)
        {
            // A variable that holds no source is as good as none.
            given.Add(new PolicyComponent { Component = BackupComponent.Database, Databases = [.. Database.OfType<DatabaseDefinition>()] });
        }

        return given.Count == 0
            ? before
            :
            [
                .. (before ?? []).Where(old => !given.Exists(component => component.Component == old.Component))
                    .Concat(given.Where(static component => !component.IsEmpty))
                    .OrderBy(static component => component.Component),
            ];
    }

    private void AddPaths(List<PolicyComponent> components, BackupComponent component, string[]? paths)
    {
        if (paths is not null)
        {
            components.Add(new PolicyComponent { Component = component, Paths = Resolve(paths) });
        }
    }

    private ExcludeOptions? ChangeExclude(ExcludeOptions? before, ExcludeOptions old)
    {
        if (Exclude is null && ExcludeIfPresent is null && ExcludeLargerThan is null && ExcludeCaches is null
            && OneFileSystem is null)
        {
            return before;
        }

        return old with
        {
            Patterns = Exclude ?? old.Patterns,
            MarkerFiles = ExcludeIfPresent ?? old.MarkerFiles,
            LargerThan = ExcludeLargerThan ?? old.LargerThan,
            ExcludeCaches = ExcludeCaches ?? old.ExcludeCaches,
            OneFileSystem = OneFileSystem ?? old.OneFileSystem,
        };
    }

    private IReadOnlyList<ScheduleEntry>? ChangeSchedule(
        IReadOnlyList<ScheduleEntry>? before, IReadOnlyList<ScheduleEntry> holding)
    {
        return TimeZone is { } zone
            ? [.. (Schedule ?? holding).Select(entry => entry with { TimeZone = zone })]
            : Schedule ?? before;
    }

    private string? ReadPassword() => PasswordArgument.Read(Password) switch
    {
        null => null,
        { Reference: { } reference } => reference.Text,
        _ => throw new BackupException(
            BackupErrorKind.InvalidArgument,
            "A password itself is never stored.",
            "Give a reference such as env:NAME or file:PATH."),
    };

    private IReadOnlyList<PolicyHook>? ChangeHooks(IReadOnlyList<PolicyHook>? before)
    {
        (HookStage Stage, string[]? Commands)[] given =
        [
            (HookStage.PreBackup, PreBackup), (HookStage.PostBackup, PostBackup),
            (HookStage.PreRestore, PreRestore), (HookStage.PostRestore, PostRestore),
        ];
        if (Array.TrueForAll(given, static stage => stage.Commands is null) && HookTimeLimit is null)
        {
            return before;
        }

        IEnumerable<PolicyHook> kept = (before ?? []).Where(hook =>
            Array.Exists(given, stage => stage.Stage == hook.Stage && stage.Commands is null));
        IEnumerable<PolicyHook> made = given.SelectMany(static stage =>
            (stage.Commands ?? []).Select(command => new PolicyHook { Stage = stage.Stage, Command = command }));
        return
        [
            .. kept.Concat(made).Select(hook => HookTimeLimit is { } limit ? hook with { TimeLimit = limit } : hook),
        ];
    }

    private IReadOnlyList<RestartAction>? ChangeRestart(IReadOnlyList<RestartAction>? before) =>
        StopService is null && RestartService is null && RestartCommand is null
            ? before
            :
            [
                .. (StopService ?? []).Select(static service => new RestartAction(Service: service, StopsBefore: true)),
                .. (RestartService ?? []).Select(static service => new RestartAction(Service: service)),
                .. (RestartCommand ?? []).Select(static command => new RestartAction(Command: command)),
            ];

    private RecoveryTargets? ChangeTargets(PolicySettings before, PolicySettings holding)
    {
        if (RecoveryTime is null && RecoveryPoint is null)
        {
            // Targets of an earlier class are not those of a new one.
            return RecoveryClass is null ? before.RecoveryTargets : null;
        }

        RecoveryTargets usual = before.RecoveryTargets
            ?? (RecoveryClass is null ? holding.RecoveryTargets : null)
            ?? RecoveryTargets.Of(RecoveryClass ?? holding.RecoveryClass!.Value);
        return usual with { Time = RecoveryTime ?? usual.Time, Point = RecoveryPoint ?? usual.Point };
    }
}
