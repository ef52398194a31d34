using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Databases;
using BackupModule.Core.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Databases;

/// <summary>Looks whether databases can be backed up: reach, login, rights, settings, programs. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BackupDatabase")]
[OutputType(typeof(DatabaseTestInfo), typeof(bool))]
public sealed class TestBackupDatabaseCommand : PolicyCatalogCommand
{
    private const string PolicySet = "Policy";
    private const string DatabaseSet = "Database";

    private int _passed;
    private int _failed;

    /// <summary>The policy whose databases are looked at.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PolicySet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string PolicyName { get; set; } = string.Empty;

    /// <summary>Names of its database sources, with wildcards; all if left out.</summary>
    [Parameter(Position = 1, ParameterSetName = PolicySet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatabaseNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Database sources that need not be in a policy.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DatabaseSet, ValueFromPipeline = true)]
    [DocumentTransformation(typeof(DatabaseDefinition))]
    public DatabaseDefinition[] Database { get; set; } = [];

    /// <summary>Returns only whether all can be backed up.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        bool isOfPolicy = ParameterSetName == PolicySet;
        IReadOnlyList<DatabaseDefinition> databases = isOfPolicy
            ? PolicyDatabases.Find(await ResolveAsync(PolicyName, cancellationToken).ConfigureAwait(false), Name)
            : Database;
        DatabaseTester tester = new(new PasswordReader(this, Pipeline).Resolver, Clock, Pipeline);
        foreach (DatabaseDefinition database in databases)
        {
            long start = Clock.GetTimestamp();
            DatabaseTestInfo found = DatabaseTestInfo.From(
                database,
                await tester.TestAsync(database, cancellationToken).ConfigureAwait(false),
                isOfPolicy ? PolicyName : null,
                Clock.GetElapsedTime(start));
            _passed += found.Passed ? 1 : 0;
            _failed += found.Passed ? 0 : 1;
            if (!Quiet)
            {
                await Pipeline.WriteAsync(found).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        if (Quiet)
        {
            await Pipeline.WriteAsync(_passed > 0 && _failed == 0).ConfigureAwait(false);
        }
    }
}
