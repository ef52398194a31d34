using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Makes a policy with the settings of another; its schedule does not run until it is enabled.</summary>
[Cmdlet(VerbsCommon.Copy, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class CopyBackupPolicyCommand : PolicyCatalogCommand
{
    /// <summary>The policy to copy.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The name of the copy.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        BackupPolicy original = await FindPolicyAsync(Name, cancellationToken).ConfigureAwait(false);
        BackupPolicy copy = original with
        {
            Name = NewName,
            Settings = original.Settings with { Enabled = false },
            ChangedAt = Clock.GetLocalNow(),
        };
        EffectivePolicy effective = await ReviewAsync(copy, cancellationToken).ConfigureAwait(false);
        if (await Pipeline.ConfirmAsync(NewName, $"Make a copy of the policy {original.Name}").ConfigureAwait(false))
        {
            await Catalog.AddPolicyAsync(copy, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(BackupPolicyInfo.From(effective)).ConfigureAwait(false);
        }
    }
}
