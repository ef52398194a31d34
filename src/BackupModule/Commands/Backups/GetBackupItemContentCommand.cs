using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Completion;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Restore;

namespace BackupModule.Commands.Backups;

/// <summary>Gives the content of files in a backup: lines of text, or bytes.</summary>
[Cmdlet(VerbsCommon.Get, "BackupItemContent", DefaultParameterSetName = "Text")]
[OutputType(typeof(string), ParameterSetName = ["Text"])]
[OutputType(typeof(byte), typeof(byte[]), ParameterSetName = ["Bytes"])]
public sealed class GetBackupItemContentCommand : BackupCommand
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Absolute paths of files within the backup.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Gives bytes instead of text.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Bytes")]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>The text's encoding, where no byte order mark says otherwise; UTF-8 if left out.</summary>
    [Parameter(ParameterSetName = "Text")]
    [EncodingTransformation]
    public Encoding Encoding { get; set; } = Encoding.UTF8;

    /// <summary>Gives each file as one string or one array of bytes.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        OpenRepository open = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindBackupAsync(open, cancellationToken).ConfigureAwait(false);
        await open.Repository.Index.LoadAsync(cancellationToken).ConfigureAwait(false);
        TreeWalker walker = new(open.Repository.Trees);
        foreach (string path in Path)
        {
            TreeItem item = await walker.FindAsync(snapshot.Tree, BackupPaths.Clean(path), cancellationToken)
                .ConfigureAwait(false);
            using BackupFileStream content = new(
                open.Repository.Blobs, item.Node.Type == NodeType.File ? item.Node : throw NoFile(item));
            await (AsByteStream
                ? WriteBytesAsync(content, cancellationToken)
                : WriteTextAsync(content, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static BackupException NoFile(TreeItem item) => new(
        BackupErrorKind.InvalidArgument,
        $"'{RawText.ToDisplay(item.Path)}' is a {item.Node.Type} and has no content.",
        "Give the path of a file; Get-BackupItem lists directories.")
    {
        Subject = item.Path,
    };

    private async Task WriteBytesAsync(BackupFileStream content, CancellationToken cancellationToken)
    {
        if (Raw)
        {
            using MemoryStream whole = new();
            await content.CopyToAsync(whole, cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(whole.ToArray()).ConfigureAwait(false);
            return;
        }

        byte[] buffer = new byte[BufferSize];
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await Pipeline.WriteAsync(buffer[..count], enumerate: true).ConfigureAwait(false);
        }
    }

    private async Task WriteTextAsync(BackupFileStream content, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(content, Encoding);
        if (Raw)
        {
            string whole = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await Pipeline.WriteAsync(whole).ConfigureAwait(false);
            return;
        }

        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            await Pipeline.WriteAsync(line).ConfigureAwait(false);
        }
    }
}
