using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.MySql.Physical;

/// <summary>Splits the stream of a physical backup into its files, whose pages are cut where they begin: so a later backup stores
/// only pages that changed.</summary>
/// <remarks>
/// The stream (<c>xbstream.h</c> of Percona XtraBackup, which MariaDB took over) is a row of chunks: the magic <c>XBSTCK01</c>, flags
/// (1 byte), kind (1), length of the path (4, little-endian), the path; and for a payload its length (8), place in the file (8), a
/// CRC-32 (4), and its bytes. Chunks of a file come in order, but the redo log's come between those of other files while these are
/// copied: files that are not the one that is being sent wait in a private folder.
/// </remarks>
/// <param name="writer">Takes the files.</param>
/// <param name="spool">The folder for files that wait.</param>
internal sealed class XbStreamSplitter(IFolderWriter writer, PrivateFolder spool)
{
    private const int HeadSize = 14;
    private const int PayloadHeadSize = 20;
    private const int LongestPath = 4096;
    private const int PageBlock = 32 * 1024;
    private const int LargestSmallFile = 64 * 1024;
    private const byte Ignorable = 1;

    // A table that was made shortly before is copied under the ending .new, which the preparation takes away.
    private static readonly string[] s_pageFiles = [".ibd", ".new", ".MAD", ".MAI"];

    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly Dictionary<string, FileStream> _waiting = [];
    private readonly Dictionary<string, long> _lengths = [];
    private readonly Dictionary<string, MemoryStream> _information = [];
    private readonly HashSet<string> _ended = [];
    private string? _current;
    private Stream? _file;

    /// <summary>The paths of all files, in the order of their ends.</summary>
    public IReadOnlyCollection<string> Files => _ended;

    /// <summary>The text of a small file that says something of the backup; null if there is none of the name.</summary>
    public string? ReadInformation(string file) =>
        _information.TryGetValue(file, out MemoryStream? content) ? Encoding.UTF8.GetString(content.ToArray()) : null;

    /// <summary>Splits the stream.</summary>
    /// <exception cref="InvalidDataException">It is no such stream, or it ends before its files do.</exception>
    public async Task RunAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.ReadAtLeastAsync(_buffer.AsMemory(0, HeadSize), HeadSize, false, cancellationToken)
                .ConfigureAwait(false) is > 0 and int read)
            {
                await ReadChunkAsync(stream, read, cancellationToken).ConfigureAwait(false);
            }

            await SendWaitingAsync(cancellationToken).ConfigureAwait(false);
            if (_current is not null || _waiting.Count > 0)
            {
                throw new InvalidDataException($"The stream ends before the file {_current ?? _waiting.Keys.First()} does.");
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
            foreach (FileStream file in _waiting.Values)
            {
                await file.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static ContentCut CutOf(string path)
    {
        string name = Path.GetFileName(path);
        bool hasPages = s_pageFiles.Contains(Path.GetExtension(name)) || name.StartsWith("ibdata", StringComparison.Ordinal)
            || name.StartsWith("undo", StringComparison.Ordinal);
        return hasPages ? ContentCut.Blocks(PageBlock) : ContentCut.ByContent;
    }

    private async Task ReadChunkAsync(Stream stream, int headRead, CancellationToken cancellationToken)
    {
        if (headRead < HeadSize || !_buffer.AsSpan(0, 8).SequenceEqual("XBSTCK01"u8))
        {
            throw new InvalidDataException("The stream is no xbstream.");
        }

        (byte flags, byte kind) = (_buffer[8], _buffer[9]);
        uint pathLength = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(10));
        if (pathLength is 0 or > LongestPath)
        {
            throw new InvalidDataException($"The stream has a path of {pathLength} bytes.");
        }

        await stream.ReadExactlyAsync(_buffer.AsMemory(0, (int)pathLength), cancellationToken).ConfigureAwait(false);
        string path = Normalise(Encoding.UTF8.GetString(_buffer, 0, (int)pathLength));
        switch ((char)kind)
        {
            case 'E':
                await EndAsync(path, cancellationToken).ConfigureAwait(false);
                break;
            case 'P':
                await CopyPayloadAsync(stream, path, cancellationToken).ConfigureAwait(false);
                break;
            default:
                if ((flags & Ignorable) == 0)
                {
                    throw new InvalidDataException($"The stream has a chunk of the unknown kind {kind} for {path}.");
                }

                break;
        }
    }

    private static string Normalise(string path)
    {
        string normal = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        return normal.Split('/').All(static part => part.Length > 0 && part is not ("." or ".."))
            ? normal
            : throw new InvalidDataException($"The stream has the path '{path}'.");
    }

    private async Task CopyPayloadAsync(Stream stream, string path, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(_buffer.AsMemory(0, PayloadHeadSize), cancellationToken).ConfigureAwait(false);
        long left = BinaryPrimitives.ReadInt64LittleEndian(_buffer);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(_buffer.AsSpan(8));
        long length = _lengths.GetValueOrDefault(path);
        if (left < 0 || offset != length)
        {
            throw new InvalidDataException($"The stream goes on at {offset} in the file {path}, of which it has {length} bytes.");
        }

        _lengths[path] = length + left;
        Stream file = Choose(path);
        while (left > 0)
        {
            Memory<byte> part = _buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length));
            await stream.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
            await file.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            Remember(path, part.Span);
            left -= part.Length;
        }
    }

    private void Remember(string path, ReadOnlySpan<byte> content)
    {
        if (path.EndsWith("_info", StringComparison.Ordinal) && _lengths[path] <= LargestSmallFile)
        {
            if (!_information.TryGetValue(path, out MemoryStream? known))
            {
                _information.Add(path, known = new MemoryStream());
            }

            known.Write(content);
        }
    }

    private Stream Choose(string path)
    {
        if (path == _current)
        {
            return _file!;
        }

        bool isRedoLog = Path.GetFileName(path) is "ib_logfile0" or "xtrabackup_logfile";
        if (_current is null && !isRedoLog && !_waiting.ContainsKey(path))
        {
            _current = path;
            return _file = writer.OpenFile(new StreamedEntry(path), CutOf(path));
        }

        if (!_waiting.TryGetValue(path, out FileStream? waiting))
        {
            waiting = new FileStream(spool[$"{_waiting.Count + _ended.Count}"], FileMode.CreateNew);
            _waiting.Add(path, waiting);
        }

        return waiting;
    }

    private async Task EndAsync(string path, CancellationToken cancellationToken)
    {
        if (!_lengths.ContainsKey(path))
        {
            // An empty file has an end alone.
            _ = Choose(path);
            _lengths[path] = 0;
        }

        _ended.Add(path);
        if (path == _current)
        {
            await CloseAsync().ConfigureAwait(false);
            await SendWaitingAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendWaitingAsync(CancellationToken cancellationToken)
    {
        foreach (string path in _current is null ? [.. _waiting.Keys.Where(_ended.Contains)] : Array.Empty<string>())
        {
            FileStream waiting = _waiting[path];
            await using (waiting.ConfigureAwait(false))
            {
                waiting.Position = 0;
                Stream file = writer.OpenFile(new StreamedEntry(path), CutOf(path));
                await using (file.ConfigureAwait(false))
                {
                    await waiting.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                }
            }

            _waiting.Remove(path);
            File.Delete(waiting.Name);
        }
    }

    private async Task CloseAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync().ConfigureAwait(false);
            (_file, _current) = (null, null);
        }
    }
}
