using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling.Installers;
using BackupModule.Outputs;

namespace BackupModule.Commands.Schedules;

/// <summary>Has cron, systemd or the Windows Task Scheduler run <c>Invoke-BackupSchedule</c> every minute. What others have
/// installed there stays as it is.</summary>
[Cmdlet(VerbsLifecycle.Register, "BackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(BackupScheduleCallerInfo), typeof(BackupScheduleStepInfo))]
public sealed class RegisterBackupScheduleCommand : ScheduleCallerCommand
{
    private const string VariablePrefix = "env:";

    /// <summary>How often it is looked what is due: minutes that divide an hour.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The <c>psbackup</c> or <c>pwsh</c> that is run; the one that runs this, if left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Program { get; set; }

    /// <summary>Writes what was installed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string? program = Program is null
            ? null
            : await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, Program)).ConfigureAwait(false);
        if (program is not null && !File.Exists(program))
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, $"There is no program '{program}'.") { Subject = program };
        }

        BackupHome home = BackupHome.Locate();
        ScheduleCall call = ScheduleProgram.Describe(program, ModulePath(), Every, home.Folder);
        IScheduleInstaller installer = ScheduleInstallers.Create(
            Using ?? ScheduleInstallers.DefaultKind, Scope ?? ScheduleInstallers.DefaultScope);
        InstallPlan plan = await installer.PlanInstallAsync(call, cancellationToken).ConfigureAwait(false);
        plan = plan with { Warnings = [.. plan.Warnings, .. await FindEnvironmentSecretsAsync(cancellationToken).ConfigureAwait(false)] };
        if (await ExecuteAsync(installer, plan, "Have the schedules called", cancellationToken).ConfigureAwait(false)
            && PassThru
            && await installer.FindAsync(cancellationToken).ConfigureAwait(false) is { } registered)
        {
            await Pipeline.WriteAsync(BackupScheduleCallerInfo.From(registered)).ConfigureAwait(false);
        }
    }

    // A secret that is in a variable of this session is not there when something else makes the call.
    private async Task<IEnumerable<string>> FindEnvironmentSecretsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> repositories = await Catalog.ListRepositoriesAsync(cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<BackupPolicy> policies = await Catalog.ListPoliciesAsync(cancellationToken)
            .ConfigureAwait(false);
        return repositories
            .SelectMany(static repository => new[]
            {
                (Owner: $"repository '{repository.Name}'", Reference: repository.PasswordReference),
                (Owner: $"repository '{repository.Name}'", Reference: repository.Store.SecretKeyReference),
                (Owner: $"repository '{repository.Name}'", Reference: repository.Store.EncryptionKeyReference),
            })
            .Concat(policies.Select(static policy => (
                Owner: $"policy '{policy.Name}'", Reference: policy.Settings.PasswordReference)))
            .Append((Owner: "catalog", Reference: BackupHome.Locate().CatalogPassword))
            .Where(static secret => secret.Reference?.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase) is true)
            .Select(static secret =>
                $"A secret of the {secret.Owner} is in the environment variable {secret.Reference![VariablePrefix.Length..]}, which is not "
                    + "there when the schedules are called. Have it taken from a file: file:PATH.");
    }

    private static string ModulePath()
    {
        string assembly = typeof(RegisterBackupScheduleCommand).Assembly.Location;
        string module = Path.GetDirectoryName(Path.GetDirectoryName(assembly)!)!;
        return File.Exists(Path.Combine(module, "BackupModule.psd1")) ? module : assembly;
    }
}
