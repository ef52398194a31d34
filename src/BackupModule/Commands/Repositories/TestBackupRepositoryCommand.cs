using System.Globalization;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;
using BackupModule.Core.Verification;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Checks a repository: index, packs, backups, and on demand every byte and every lock; or the store that it lies
/// in; or tries to damage it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BackupRepository", DefaultParameterSetName = ContentSet)]
[OutputType(typeof(RepositoryCheckInfo), typeof(bool), typeof(BackupJob), ParameterSetName = [ContentSet])]
[OutputType(typeof(StoreCheckInfo), typeof(bool), typeof(BackupJob), ParameterSetName = [StoreSet])]
[OutputType(typeof(TamperTestInfo), typeof(bool), typeof(BackupJob), ParameterSetName = [TamperSet])]
public sealed class TestBackupRepositoryCommand : LockingNamedRepositoryCommand
{
    private const string ContentSet = "Content";
    private const string StoreSet = "Store";
    private const string TamperSet = "Tamper";

    /// <summary>Reads all packs and proves every blob by its hash.</summary>
    [Parameter(ParameterSetName = ContentSet)]
    public SwitchParameter ReadData { get; set; }

    /// <summary>Reads one of several parts of the packs, e.g. <c>2/7</c>: a part a day reads all in a week.</summary>
    [Parameter(ParameterSetName = ContentSet)]
    [ValidatePattern(@"^\d{1,3}/\d{1,3}$")]
    public string? ReadPart { get; set; }

    /// <summary>Asks the store for the lock of every file that should have one.</summary>
    [Parameter(ParameterSetName = ContentSet)]
    public SwitchParameter ReadLocks { get; set; }

    /// <summary>Tries the store instead of the repository in it: writes, reads, lists, creates and deletes objects of its
    /// own.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StoreSet)]
    public SwitchParameter Store { get; set; }

    /// <summary>Tries to delete and to overwrite what is locked, and passes if the store refuses.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TamperSet)]
    public SwitchParameter TamperTest { get; set; }

    /// <summary>Returns only whether the check passed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Store)
        {
            await TryStoreAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (TamperTest)
        {
            await TryToTamperAsync(open, cancellationToken).ConfigureAwait(false);
            return;
        }

        string[] part = (ReadPart ?? "1/1").Split('/');
        CheckOptions options = new()
        {
            ReadData = ReadData || ReadPart is not null,
            Part = int.Parse(part[0], CultureInfo.InvariantCulture),
            Parts = int.Parse(part[1], CultureInfo.InvariantCulture),
            ReadLocks = ReadLocks,
            LockWait = LockWait,
        };
        await DoAsync(
            async (output, token) =>
            {
                CheckResult result = await new RepositoryChecker(open.Repository, Clock, output)
                    .RunAsync(options, token).ConfigureAwait(false);
                await RecordAsync(open, RepositoryFactKind.Verified, result.Passed, output).ConfigureAwait(false);
                await output.WriteAsync(Quiet ? result.Passed : RepositoryCheckInfo.From(result, open.Name))
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private Task TryToTamperAsync(OpenRepository open, CancellationToken cancellationToken) => DoAsync(
        async (output, token) =>
        {
            TamperTestResult result = await new TamperTester(open.Repository, Clock, output).RunAsync(token)
                .ConfigureAwait(false);
            await RecordAsync(open, RepositoryFactKind.TamperTested, result.Passed, output).ConfigureAwait(false);
            await output.WriteAsync(Quiet ? result.Passed : TamperTestInfo.From(result, open.Registered))
                .ConfigureAwait(false);
        },
        cancellationToken);

    private Task RecordAsync(OpenRepository open, RepositoryFactKind kind, bool passed, IWorkOutput output) => RecordAsync(
        open.Registered, new RepositoryFact { Kind = kind, At = Clock.GetLocalNow(), Passed = passed }, output);

    private async Task TryStoreAsync(CancellationToken cancellationToken)
    {
        RegisteredRepository registered = await FindRegisteredAsync(Name, cancellationToken).ConfigureAwait(false);
        IObjectStore store = await OpenStoreAsync(registered, cancellationToken).ConfigureAwait(false);
        await DoAsync(
            async (output, token) =>
            {
                StoreCheckInfo found = StoreCheckInfo.From(
                    registered, await new StoreProbe(store, Clock).RunAsync(token).ConfigureAwait(false));
                await output.WriteAsync(Quiet ? found.Passed : found).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
