using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Replication;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that says what a repository is among those that hold the same backups.</summary>
public abstract class ReplicaSettingsCommand : StoreSettingsCommand
{
    /// <summary>What the repository is for.</summary>
    [Parameter]
    public RepositoryRole? Role { get; set; }

    /// <summary>Where it is, in your words: a town, a building, a drawer.</summary>
    [Parameter]
    public string? Place { get; set; }

    /// <summary>The registered name of the repository that it is a copy of.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? CopyOf { get; set; }

    /// <summary>How far the copy may be behind before it stops counting, e.g. <c>12h</c> or <c>7d</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? AllowedLag { get; set; }

    /// <summary>What the parameters that were given make of a registration. An empty text takes a setting back.</summary>
    /// <exception cref="Core.Diagnostics.BackupException"><c>RepositoryNotFound</c>.</exception>
    private protected async Task<RegisteredRepository> DescribeReplicaAsync(
        RegisteredRepository registered, CancellationToken cancellationToken) => registered with
        {
            Role = Role ?? registered.Role,
            Place = Place is null ? registered.Place : Place.Length > 0 ? Place : null,
            AllowedLag = AllowedLag ?? registered.AllowedLag,
            CopyOf = CopyOf is null ? registered.CopyOf
                : CopyOf.Length == 0 ? null
                : (await FindRegisteredAsync(CopyOf, cancellationToken).ConfigureAwait(false)).RepositoryId,
        };
}
