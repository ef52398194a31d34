using System;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore.Archives;
using BackupModule.Core.Scanning;
using BackupModule.Jobs;
using BackupModule.Outputs;

namespace BackupModule.Commands.Backups;

/// <summary>Writes a backup, or a part of it, into an archive that needs no backup tool to be read.</summary>
[Cmdlet(VerbsData.Export, "Backup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupExportInfo), typeof(BackupJob))]
public sealed class ExportBackupCommand : LockingBackupCommand
{
    /// <summary>The archive file. Its ending chooses the format: .tar, .tar.gz, .tgz, .tar.zst, .zip.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = string.Empty;

    /// <summary>The format, where the file's ending does not say it.</summary>
    [Parameter]
    public ArchiveFormat? Format { get; set; }

    /// <summary>Patterns of what is wanted; everything if left out.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Include { get; set; } = [];

    /// <summary>Patterns of what is not wanted.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>Replaces an archive that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    private protected override bool CanBeJob => true;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        PathSelection selection = new(Include, Exclude);
        string path = await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, DestinationPath)).ConfigureAwait(false);
        ArchiveFormat format = Format ?? FormatOf(path);
        if (File.Exists(path) && !Force)
        {
            throw new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"{path} exists already.",
                "Choose another name, or give -Force to replace it.")
            {
                Subject = path,
            };
        }

        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        if (await Pipeline.ConfirmAsync(path, $"Export the backup {snapshot.Id.ShortText}").ConfigureAwait(false))
        {
            await DoAsync(
                async (output, token) =>
                {
                    ExportResult result = await new ArchiveExporter(open.Repository, Clock, output)
                        .RunAsync(snapshot, selection, path, format, LockWait, token).ConfigureAwait(false);
                    await output.WriteAsync(BackupExportInfo.From(result, snapshot.Id.ToString(), open.Name))
                        .ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static ArchiveFormat FormatOf(string path)
    {
        bool EndsWith(string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
        return EndsWith(".tar") ? ArchiveFormat.Tar
            : EndsWith(".tar.gz") || EndsWith(".tgz") ? ArchiveFormat.TarGzip
            : EndsWith(".tar.zst") || EndsWith(".tzst") ? ArchiveFormat.TarZstd
            : EndsWith(".zip") ? ArchiveFormat.Zip
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The ending of '{path}' does not say which archive to write.",
                "End the name with .tar, .tar.gz, .tar.zst or .zip, or give -Format.")
            {
                Subject = path,
            };
    }
}
