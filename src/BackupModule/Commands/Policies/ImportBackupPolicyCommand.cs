using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Outputs;

namespace BackupModule.Commands.Policies;

/// <summary>Reads policies from documents of JSON, as <c>Export-BackupPolicy</c> writes them.</summary>
[Cmdlet(VerbsData.Import, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(BackupPolicyInfo))]
public sealed class ImportBackupPolicyCommand : PolicyCatalogCommand
{
    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Replaces policies that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        List<BackupPolicy> policies = [];
        foreach (string path in Path)
        {
            foreach (string file in await Pipeline.InvokeAsync(() => FilePaths.Expand(this, path)).ConfigureAwait(false))
            {
                policies.Add(await ReadAsync(file, cancellationToken).ConfigureAwait(false) with
                {
                    ChangedAt = Clock.GetLocalNow(),
                });
            }
        }

        foreach (BackupPolicy policy in PolicyResolver.InOrder(policies))
        {
            await ImportAsync(policy, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ImportAsync(BackupPolicy policy, CancellationToken cancellationToken)
    {
        BackupPolicy? before = await Catalog.FindPolicyAsync(policy.Name, cancellationToken).ConfigureAwait(false);
        if (before is not null && !Force)
        {
            throw new BackupException(
                BackupErrorKind.PolicyExists,
                $"There is a policy named '{before.Name}' already.",
                "Replace it with -Force.")
            {
                Subject = before.Name,
            };
        }

        EffectivePolicy effective = await ReviewAsync(policy, cancellationToken).ConfigureAwait(false);
        if (!await Pipeline.ConfirmAsync(policy.Name, $"{(before is null ? "Make" : "Replace")} the policy")
            .ConfigureAwait(false))
        {
            return;
        }

        await (before is null
            ? Catalog.AddPolicyAsync(policy, cancellationToken)
            : Catalog.UpdatePolicyAsync(before, policy, cancellationToken)).ConfigureAwait(false);
        await Pipeline.WriteAsync(BackupPolicyInfo.From(effective)).ConfigureAwait(false);
    }

    private static async Task<BackupPolicy> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return PolicyJson.Read(await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                BackupErrorKind.SourceUnreadable,
                $"The file '{file}' cannot be read: {failure.Message}",
                "Check the path and its rights.",
                failure)
            {
                Subject = file,
            };
        }
        catch (BackupException failure)
        {
            throw new BackupException(failure.Kind, $"{file}: {failure.Message}", failure.Guidance, failure)
            {
                Subject = file,
            };
        }
    }
}
