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

    // For its user alone: a server does not start on a data directory that others may look into.
    private const uint FolderPermissions = 0b111_000_000;

    // Segments of the log never come again.
    private static readonly ContentCut s_logCut = ContentCut.Blocks(ContentCut.MaxBlockSize);

    private TarEntry? _sample;
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

        if (_archive is not null && _sample is not null)
        {
            // The server sends what is in its folder, and not the folder itself.
            writer.AddFolder(DescribeOwn(_folder) with { Permissions = FolderPermissions });
        }

        _archive = null;
        OnFileEnd();
    }

    /// <summary>Adds a segment to the data directory's log, filled up with zeros where it is not full.</summary>
    /// <param name="name">The segment's name.</param>
    /// <param name="content">Its first bytes.</param>
    /// <param name="size">The size of a segment in bytes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AddLogAsync(string name, ReadOnlyMemory<byte> content, int size, CancellationToken cancellationToken)
    {
        byte[] zeros = new byte[s_logCut.BlockSize];
        Stream file = writer.OpenFile(DescribeOwn($"{Data}/{LogFolder}{name}"), s_logCut);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            for (int left = size - content.Length; left > 0; left -= zeros.Length)
            {
                await file.WriteAsync(zeros.AsMemory(0, Math.Min(left, zeros.Length)), cancellationToken).ConfigureAwait(false);
            }
        }

        // A server that is restored in place must not archive it: its archive has the segment's whole.
        Stream status = writer.OpenFile(DescribeOwn($"{Data}/{LogFolder}archive_status/{name}.done"), s_logCut);
        await status.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void OnFolder(TarEntry entry) => writer.AddFolder(Describe(entry));

    /// <inheritdoc/>
    public void OnLink(TarEntry entry) => writer.AddLink(Describe(entry), entry.Target);

    /// <inheritdoc/>
    public void OnFile(TarEntry entry)
    {
        _sample ??= entry;
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

    // Files that the server did not send belong to whom its files belong to.
    private StreamedEntry DescribeOwn(string path) => new(path)
    {
        Permissions = _sample?.Permissions,
        UserId = _sample?.UserId,
        GroupId = _sample?.GroupId,
    };

    private StreamedEntry Describe(TarEntry entry) => new($"{_folder}/{entry.Name}")
    {
        Permissions = entry.Permissions,
        ModifiedTime = entry.ModifiedTime,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
    };
}
