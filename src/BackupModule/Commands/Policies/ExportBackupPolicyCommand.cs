using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Commands.Policies;

/// <summary>Writes policies as documents of JSON: what they say themselves, without what they inherit. No secret is in
/// them.</summary>
[Cmdlet(VerbsData.Export, "BackupPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ExportBackupPolicyCommand : PolicyCatalogCommand
{
    /// <summary>Names, with wildcards; all policies if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PolicyName")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The folder to write <c>NAME.json</c> files to, or the file for a single policy; without it, the documents are
    /// written to the pipeline.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Overwrites files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupPolicy> found = await FindPoliciesAsync(Name, cancellationToken).ConfigureAwait(false);
        string? place = Path is null
            ? null
            : await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, Path)).ConfigureAwait(false);
        foreach (BackupPolicy policy in found)
        {
            string document = PolicyJson.Write(policy);
            if (place is null)
            {
                await Pipeline.WriteAsync(document).ConfigureAwait(false);
                continue;
            }

            string file = place.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? place
                : System.IO.Path.Combine(place, policy.Name + ".json");
            if (place == file && found.Count > 1)
            {
                throw new BackupException(
                    BackupErrorKind.InvalidArgument,
                    $"{found.Count} policies do not go into the one file '{file}'.",
                    "Name a folder, or one policy.");
            }

            if (await Pipeline.ConfirmAsync(file, $"Write the policy {policy.Name}").ConfigureAwait(false))
            {
                await Pipeline.WriteAsync(await WriteAsync(file, document, cancellationToken).ConfigureAwait(false))
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<FileInfo> WriteAsync(string file, string document, CancellationToken cancellationToken)
    {
        if (File.Exists(file) && !Force)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, $"The file '{file}' is there already.", "Overwrite it with -Force.")
            {
                Subject = file,
            };
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, document + "\n", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"The file '{file}' cannot be written: {failure.Message}",
                "Check the folder and its rights.",
                failure)
            {
                Subject = file,
            };
        }

        return new FileInfo(file);
    }
}
