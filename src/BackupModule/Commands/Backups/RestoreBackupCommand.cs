using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs.Restoring;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Manifest;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;
using BackupModule.Core.Restore.Thawing;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scanning.Patterns;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Storage;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>
/// Restores a backup into a folder: <c>/var/www/shop/x</c> becomes <c>DESTINATION/var/www/shop/x</c>. Run again, it
/// writes only what is missing or differs.
/// </summary>
[Cmdlet(VerbsData.Restore, "Backup", SupportsShouldProcess = true, DefaultParameterSetName = FolderSet)]
[OutputType(typeof(RestoreInfo), typeof(DatabaseRestoreInfo), typeof(RestorePlanItem), typeof(BackupJob))]
public sealed class RestoreBackupCommand : LockingRepositoryCommand
{
    private const string FolderSet = "Destination";
    private const string InPlaceSet = "InPlace";
    private const string PolicyFolderSet = "PolicyDestination";
    private const string PolicyInPlaceSet = "PolicyInPlace";

    // What means nothing without databases, besides how far they are recovered.
    private static readonly string[] s_forDatabases =
    [
        nameof(Exclusive), nameof(Timeline), nameof(DatabaseName), nameof(Port), nameof(Database), nameof(NewName), nameof(Table),
        nameof(Schema), nameof(TablespaceMap), nameof(NoStart),
    ];

    private readonly Dictionary<(string Repository, string Backup), List<string>> _items = [];

    /// <summary>The backup: its id, the start of its id, or <c>latest</c>.</summary>
    // After what cmdlets put first, such as a path; where nothing is first, this is.
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = FolderSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = InPlaceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = string.Empty;

    /// <summary>The policy whose latest backup is restored; with files and databases of a moment, the latest before it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicyFolderSet)]
    [Parameter(Mandatory = true, ParameterSetName = PolicyInPlaceSet)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>The folder to restore into; a new folder <c>restored-ID</c> here if left out.</summary>
    [Parameter(ParameterSetName = FolderSet)]
    [Parameter(ParameterSetName = PolicyFolderSet)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Restores to where the files came from, over what is there now.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InPlaceSet)]
    [Parameter(Mandatory = true, ParameterSetName = PolicyInPlaceSet)]
    public SwitchParameter InPlace { get; set; }

    /// <summary>Items of backups, as <c>Get-BackupItem</c> and <c>Find-BackupItem</c> list them: only these are
    /// restored, with everything in them.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = FolderSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = InPlaceSet)]
    public BackupItemInfo? Item { get; set; }

    /// <summary>Components of a policy's backup: only these are restored, databases before files. <c>Files</c> means all but
    /// databases.</summary>
    [Parameter]
    public BackupComponent[] Component { get; set; } = [];

    /// <summary>Patterns of what is restored, as in restic; everything if left out.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Include { get; set; } = [];

    /// <summary>Patterns of what is not restored after all.</summary>
    [Parameter]
    public string[] Exclude { get; set; } = [];

    /// <summary>What happens to files that are there already.</summary>
    [Parameter]
    public OverwriteMode Overwrite { get; set; }

    /// <summary>Removes from restored folders what the backup does not have in them.</summary>
    [Parameter]
    public SwitchParameter DeleteExtra { get; set; }

    /// <summary>Reads every restored file again and compares it with the backup.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>Has packs that lie in an archive brought back, at this speed, and waits for them. Without it, a restore that
    /// needs them says what they are and ends.</summary>
    [Parameter]
    public ThawSpeed? Thaw { get; set; }

    /// <summary>For how many days the provider keeps the copies of archived packs, 1 to 365.</summary>
    [Parameter]
    [ValidateRange(1, 365)]
    public int ThawDays { get; set; } = ThawOptions.DefaultDays;

    /// <summary>Leaves out what the policy wants done around a restore in place: its hooks, restarts and health
    /// checks.</summary>
    [Parameter(ParameterSetName = InPlaceSet)]
    [Parameter(ParameterSetName = PolicyInPlaceSet)]
    public SwitchParameter NoHooks { get; set; }

    /// <summary>The moment that databases are taken back to, e.g. <c>'2026-11-22T10:15:00+01:00'</c>; without an offset, of this
    /// machine's time zone. The backup that it is reached from is found; files that are restored with them are of the newest backup
    /// until then.</summary>
    [Parameter]
    public DateTimeOffset? PointInTime { get; set; }

    /// <summary>The place in the log that databases are taken back to, as the server writes it: <c>16/B374D848</c>,
    /// <c>m-bin.000002:601</c>.</summary>
    [Parameter]
    [Alias("LogPosition")]
    public string? Lsn { get; set; }

    /// <summary>The last transaction that databases have, by its number.</summary>
    [Parameter]
    public string? TransactionId { get; set; }

    /// <summary>The named point that databases are taken back to.</summary>
    [Parameter]
    public string? RestorePoint { get; set; }

    /// <summary>Takes databases as far as their log goes.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>Stops just before the position or transaction.</summary>
    [Parameter]
    public SwitchParameter Exclusive { get; set; }

    /// <summary>The timeline to follow, a number or <c>current</c>; the latest if left out.</summary>
    [Parameter]
    public string? Timeline { get; set; }

    /// <summary>Database sources of the policy, by name; all if left out.</summary>
    [Parameter]
    public string[] DatabaseName { get; set; } = [];

    /// <summary>The port of a restored server; a free one if left out.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Of dumps, the one database that is restored.</summary>
    [Parameter]
    public string? Database { get; set; }

    /// <summary>The name under which that database is restored.</summary>
    [Parameter]
    public string? NewName { get; set; }

    /// <summary>Of dumps, only these tables, as <c>schema.table</c>.</summary>
    [Parameter]
    public string[] Table { get; set; } = [];

    /// <summary>Of dumps, only these schemas.</summary>
    [Parameter]
    public string[] Schema { get; set; } = [];

    /// <summary>Places of tablespaces by their numbers or old places; new folders in the destination if left out.</summary>
    [Parameter]
    public Hashtable? TablespaceMap { get; set; }

    /// <summary>Leaves the restored server stopped when it has been checked.</summary>
    [Parameter]
    public SwitchParameter NoStart { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    private bool HasDatabases => Component.Contains(BackupComponent.Database);

    private bool HasFiles => Component.Length == 0 || Component.Any(static part => part != BackupComponent.Database);

    private RecoveryTarget Target => new()
    {
        Time = PointInTime,
        Position = Lsn,
        TransactionId = TransactionId,
        RestorePoint = RestorePoint,
        IsLatest = Latest,
        IsExclusive = Exclusive,
        Timeline = Timeline,
    };

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (PolicyName is not null && string.IsNullOrEmpty(RepositoryName))
        {
            RepositoryName = await PolicySearch.FindRepositoryAsync(Catalog, PolicyName, cancellationToken)
                .ConfigureAwait(false);
        }

        RequireSense();
        if (Item is null)
        {
            await RestoreAsync(Include, cancellationToken).ConfigureAwait(false);
            return;
        }

        // All items of one backup are restored in one run.
        (string, string) key = (RepositoryName ?? string.Empty, BackupId);
        if (!_items.TryGetValue(key, out List<string>? patterns))
        {
            _items[key] = patterns = [];
        }

        patterns.Add(PathPatternText.Escape(Item.Path));
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (((string repository, string backup), List<string> patterns) in _items)
        {
            (RepositoryName, BackupId) = (repository, backup);
            await RestoreAsync([.. Include, .. patterns], cancellationToken).ConfigureAwait(false);
        }
    }

    private void RequireSense()
    {
        int targets = ((bool[])[PointInTime is not null, Lsn is not null, TransactionId is not null, RestorePoint is not null, Latest])
            .Count(static isGiven => isGiven);
        if (targets > 1)
        {
            throw Senseless(
                "A database is taken back to one place.",
                "Give one of -PointInTime, -Lsn, -TransactionId, -RestorePoint and -Latest.");
        }

        if (!HasDatabases && targets > 0)
        {
            throw Senseless(
                "Only databases can be taken back to a moment between backups.",
                "Add -Component Database, or -Component Database, Files for the files of that time, too.");
        }

        if (!HasDatabases && s_forDatabases.FirstOrDefault(MyInvocation.BoundParameters.ContainsKey) is { } stray)
        {
            throw Senseless($"-{stray} is about databases, and none are restored.", "Add -Component Database, or leave it out.");
        }

        if (Component.Length > 0 && (Include.Length > 0 || Item is not null))
        {
            throw Senseless(
                "Components and paths cannot be picked at the same time.",
                "Give -Component, or -Include and items; -Exclude goes with both.");
        }
    }

    private static BackupException Senseless(string message, string guidance) =>
        new(BackupErrorKind.InvalidArgument, message, guidance);

    private async Task RestoreAsync(IReadOnlyList<string> include, CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindSnapshotAsync(open, cancellationToken).ConfigureAwait(false);
        bool usesHooks = InPlace && !NoHooks;
        EffectivePolicy? policy = HasDatabases || usesHooks
            ? await FindPolicyAsync(snapshot, cancellationToken).ConfigureAwait(false)
            : null;
        string destination = await Pipeline.InvokeAsync(() => ReadDestination(snapshot)).ConfigureAwait(false);
        ProjectRestoreOptions options = new()
        {
            Files = HasFiles
                ? await PlanFilesAsync(open, snapshot, destination, include, cancellationToken).ConfigureAwait(false)
                : null,
            Databases = HasDatabases
                ? await PlanDatabasesAsync(open, snapshot, destination, policy, cancellationToken).ConfigureAwait(false)
                : [],
            Policy = usesHooks ? policy : null,
            LockWait = LockWait,
        };
        ProjectRestoreWork work = new(open, options, InPlace, Clock);
        Consent consent = await (InPlace
            ? Pipeline.AskHighImpactAsync(work.Target, work.Action)
            : Pipeline.AskAsync(work.Target, work.Action)).ConfigureAwait(false);
        if (consent == Consent.Given)
        {
            await DoAsync(
                async (output, token) =>
                {
                    using (work)
                    {
                        await work.RunAsync(output, token).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            return;
        }

        using (work)
        {
            if (consent == Consent.PlanOnly)
            {
                await work.ShowPlanAsync(Pipeline, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<RestoreOptions> PlanFilesAsync(
        OpenRepository open,
        Snapshot snapshot,
        string destination,
        IReadOnlyList<string> include,
        CancellationToken cancellationToken)
    {
        PathSelection selection = await SelectAsync(open, snapshot, include, cancellationToken).ConfigureAwait(false);
        if (InPlace && Component.Length == 0 && include.Count == 0)
        {
            await WarnOfDatabasesAsync(open, snapshot, cancellationToken).ConfigureAwait(false);
        }

        return new RestoreOptions
        {
            Snapshot = snapshot,
            Destination = destination,
            Selection = selection,
            Overwrite = Overwrite,
            DeleteExtra = DeleteExtra,
            Verify = Verify,
            LockWait = LockWait,
            Thaw = Thaw is { } speed ? new ThawOptions(speed) { Days = ThawDays } : null,
        };
    }

    private async Task<IReadOnlyList<DatabaseRestoreStep>> PlanDatabasesAsync(
        OpenRepository open, Snapshot snapshot, string destination, EffectivePolicy? policy, CancellationToken cancellationToken)
    {
        string policyName = BackupTags.FindPolicy(snapshot.Tags) ?? throw new BackupException(
            BackupErrorKind.ItemNotFound,
            $"The backup {snapshot.Id.ShortText} is of no policy, so it has no databases.",
            "List the policies' backups with Get-Backup -PolicyName.");
        DatabaseRestoreRequest request = new()
        {
            Target = Target,
            IsInPlace = InPlace,
            Port = Port,
            Database = Database,
            NewName = NewName,
            Tables = Table,
            Schemas = Schema,
            Tablespaces = await Pipeline.InvokeAsync(ReadTablespaces).ConfigureAwait(false),
            StopsAfterwards = NoStart,
        };
        SecretResolver secrets = new PasswordReader(this, Pipeline).Resolver;
        return await new DatabaseRestorePlanner(open, policyName, policy, secrets, Clock, Pipeline).PlanAsync(
            DatabaseName,
            request,
            PolicyName is null ? snapshot : null,
            facts => FindFolder(facts, destination),
            cancellationToken).ConfigureAwait(false);
    }

    // Beside files, databases lie where the backup has them.
    private string? FindFolder(DatabaseFacts facts, string destination)
    {
        bool needsFolder = (facts.Engine, facts.Mode) switch
        {
            // Dumps go into the live server, whatever folder is named.
            (DatabaseEngine.PostgreSql, DatabaseMode.Logical) => false,

            // A folder of the server, which says nothing of where files of this machine go.
            (DatabaseEngine.SqlServer, _) => Destination is not null && !HasFiles,
            (_, DatabaseMode.Logical) => Destination is not null,
            _ => true,
        };
        return InPlace || !needsFolder ? null
            : HasFiles ? Path.Join(destination, DatabasePaths.Top)
            : destination;
    }

    // A restore in place brings back what has an original place.
    private async Task WarnOfDatabasesAsync(OpenRepository open, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (BackupTags.FindPolicy(snapshot.Tags) is null)
        {
            return;
        }

        try
        {
            BackupManifest manifest = await ManifestReader.ReadAsync(open.Repository, snapshot, cancellationToken).ConfigureAwait(false);
            if (manifest.Databases.Count > 0)
            {
                string names = string.Join(", ", manifest.Databases.Select(static database => $"'{database.Name}'"));
                Pipeline.OnWarning(
                    $"The backup has databases, too, which stay as they are: {names}. To restore both, give -Component Database, Files.");
            }
        }
        catch (BackupException failure)
        {
            Pipeline.OnDecision($"Whether the backup has databases is not known: {failure.Message}");
        }
    }

    private Dictionary<string, string> ReadTablespaces() => TablespaceMap is null
        ? []
        : TablespaceMap.Cast<DictionaryEntry>().ToDictionary(
            static pair => $"{pair.Key}", pair => FilePaths.Resolve(this, $"{pair.Value}"));

    private async Task<Snapshot> FindSnapshotAsync(OpenRepository open, CancellationToken cancellationToken)
    {
        if (PolicyName is null)
        {
            return await BackupSearch.FindAsync(open, BackupId, Pipeline, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<Snapshot> all = await open.Repository.Snapshots
            .ListAsync(Pipeline.OnItemFailed, cancellationToken).ConfigureAwait(false);
        return HasFiles && PointInTime is { } moment
            ? PolicyBackups.NewestAt(all, PolicyName, open.Name, moment)
            : PolicyBackups.Newest(all, PolicyName, open.Name);
    }

    private async Task<PathSelection> SelectAsync(
        OpenRepository open, Snapshot snapshot, IReadOnlyList<string> include, CancellationToken cancellationToken)
    {
        // What is on no disk has no original place.
        IEnumerable<string> exclude = InPlace ? [.. Exclude, GeneratedFile.Top] : Exclude;
        if (Component.Length == 0)
        {
            return new PathSelection(include, exclude);
        }

        BackupManifest manifest = await ManifestReader.ReadAsync(open.Repository, snapshot, cancellationToken)
            .ConfigureAwait(false);
        (IReadOnlyList<string> paths, IReadOnlyList<string> others) = ComponentSelection
            .Select(manifest, [.. Component.Where(static part => part != BackupComponent.Database)]);
        return new PathSelection(paths, [.. others, .. exclude]);
    }

    // Null for a backup of no policy of this catalog.
    private async Task<EffectivePolicy?> FindPolicyAsync(Snapshot snapshot, CancellationToken cancellationToken) =>
        BackupTags.FindPolicy(snapshot.Tags) is { } name
            && await Catalog.FindPolicyAsync(name, cancellationToken).ConfigureAwait(false) is not null
            ? await PolicySearch.ResolveAsync(Catalog, name, cancellationToken).ConfigureAwait(false)
            : null;

    private string ReadDestination(Snapshot snapshot)
    {
        if (!InPlace)
        {
            return FilePaths.Resolve(this, Destination ?? $"./restored-{snapshot.Id.ShortText}");
        }

        return OperatingSystem.IsWindows() && HasFiles
            ? throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                "A backup cannot be restored in place on Windows: its volumes are folders in the backup.",
                "Restore with -Destination, and move the files.")
            : "/";
    }
}
