using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Outputs;

namespace BackupModule.Commands.Repositories;

/// <summary>Removes locks whose holders are dead, and returns them.</summary>
[Cmdlet(VerbsCommon.Unlock, "BackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(BackupLockInfo))]
public sealed class UnlockBackupRepositoryCommand : NamedRepositoryCommand
{
    /// <summary>Removes all locks, also those that may be in use. Only for when nobody uses the repository.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        LockStore locks = new(open.Repository, Clock);
        string action = All ? "Remove all locks" : "Remove locks whose holders are dead";
        switch (await Pipeline.AskAsync(open.Name, action).ConfigureAwait(false))
        {
            case Consent.Given:
                await WriteAsync(
                    await locks.RemoveAsync(All, cancellationToken).ConfigureAwait(false), open).ConfigureAwait(false);
                break;
            case Consent.PlanOnly:
                IReadOnlyList<LockFile> present = await locks.ListAsync(cancellationToken).ConfigureAwait(false);
                await WriteAsync(present.Where(file => All || locks.WhyDead(file) is not null), open)
                    .ConfigureAwait(false);
                break;
        }
    }

    private async Task WriteAsync(IEnumerable<LockFile> locks, OpenRepository open)
    {
        foreach (LockFile file in locks)
        {
            await Pipeline.WriteAsync(BackupLockInfo.From(file, open.Name)).ConfigureAwait(false);
        }
    }
}
