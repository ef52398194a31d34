using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>Writes the archives of a base backup as the files in them: the data directory below <c>data</c>, tablespaces by
/// number below <c>tablespaces</c>. Pages are verified as they pass.</summary>
/// <param name="writer">Takes the files.</param>
/// <param name="pages">Verifies pages; null where they have no checksums.</param>
/// <param name="cut">How files of pages are cut.</param>
internal sealed class BaseBackupFolder(IFolderWriter writer, PageVerifier? pages, ContentCut cut) : ITarReceiver
{
    /// <summary>The data directory's folder.</summary>
    public const string Data = "data";

    /// <summary>The folder of tablespaces.</summary>
    public const string Tablespaces = "tablespaces";

    /// <summary>The list of all files that the server makes, with their sums.</summary>
    public const string Manifest = "backup_manifest";

    private const string LogFolder = "pg_wal/";

    // Segments of the log never come again.
    private static readonly ContentCut s_logCut = ContentCut.Blocks(ContentCut.MaxBlockSize);

    private TarSplitter? _archive;
    private string _folder = Data;
    private Stream? _file;

    /// <summary>Begins an archive.</summary>
    /// <param name="tablespace">The tablespace's number; null for the data directory.</param>
    public void BeginArchive(string? tablespace)
    {
        EndArchive();
        _folder = tablespace is null ? Data : $"{Tablespaces}/{tablespace}";
        writer.AddFolder(new StreamedEntry(_folder));
        _archive = new TarSplitter(this);
    }

    /// <summary>Begins the server's manifest.</summary>
    public void BeginManifest()
    {
        EndArchive();
        _file = writer.OpenFile(new StreamedEntry($"{Data}/{Manifest}"), ContentCut.ByContent);
    }

    /// <summary>Takes the next bytes of the archive or of the manifest.</summary>
    /// <exception cref="InvalidDataException">They are no tar.</exception>
    public ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _archive is not null ? _archive.AddAsync(bytes, cancellationToken)
        : _file is not null ? _file.WriteAsync(bytes, cancellationToken)
        : throw new InvalidDataException("the base backup does not begin with an archive");

    /// <summary>Ends what is open.</summary>
    /// <exception cref="InvalidDataException">An entry is not whole.</exception>
    public void EndArchive()
    {
        if (_archive is { IsAtEntry: false })
        {
            throw new InvalidDataException("an archive of the base backup ends within a file");
        }

        _archive = null;
        OnFileEnd();
    }

    /// <inheritdoc/>
    public void OnFolder(TarEntry entry) => writer.AddFolder(Describe(entry));

    /// <inheritdoc/>
    public void OnLink(TarEntry entry) => writer.AddLink(Describe(entry), entry.Target);

    /// <inheritdoc/>
    public void OnFile(TarEntry entry)
    {
        pages?.Begin(entry.Name);
        _file = writer.OpenFile(
            Describe(entry), entry.Name.StartsWith(LogFolder, StringComparison.Ordinal) ? s_logCut : cut);
    }

    /// <inheritdoc/>
    public ValueTask OnContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        pages?.Add(content.Span);
        return _file!.WriteAsync(content, cancellationToken);
    }

    /// <inheritdoc/>
    public void OnFileEnd()
    {
        _file?.Dispose();
        _file = null;
    }

    private StreamedEntry Describe(TarEntry entry) => new($"{_folder}/{entry.Name}")
    {
        Permissions = entry.Permissions,
        ModifiedTime = entry.ModifiedTime,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
    };
}
