using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>
/// Splits the dump of several databases, which one program makes within one transaction, into a file for each. The files in
/// their order are the dump to the byte; settings that all of them need are in the first.
/// </summary>
/// <remarks>
/// A part begins with the comment <c>-- Current Database: `name`</c>. In rows it cannot stand at the start of a line, since
/// dumps escape line ends; in a routine, trigger or event it can, and these stand between <c>DELIMITER ;;</c> and
/// <c>DELIMITER ;</c>, where it is passed over. Databases come in the order in which they were asked for, and a second time with
/// their views; whatever does not is no part.
/// </remarks>
internal sealed partial class DumpSplitter(IFolderWriter writer, IReadOnlyList<string> databases)
{
    /// <summary>The file with the settings that all parts need.</summary>
    public const string FirstFile = "begin.sql";

    // Longer than any line that is looked at.
    private const int LineLimit = 4096;
    private const int BufferSize = 1 << 20;
    private static readonly byte[] s_partStart = "-- Current Database: `"u8.ToArray();
    private static readonly byte[] s_delimiter = "DELIMITER "u8.ToArray();
    private static readonly byte[] s_completed = "-- Dump completed"u8.ToArray();
    private static readonly byte[] s_gtid = "-- SET GLOBAL gtid_slave_pos='"u8.ToArray();

    private readonly List<DumpSection> _sections = [];
    private readonly StringBuilder _head = new();
    private Stream? _file;
    private bool _isInBody;
    private int _databasesSeen;

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<DumpSection> Sections => _sections;

    /// <summary>True if the program said that it wrote everything.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The binary log position that the dump names; null for none.</summary>
    public (string File, long Position)? LogPosition { get; private set; }

    /// <summary>The global transaction ids that the dump names; null for none.</summary>
    public string? Gtid { get; private set; }

    /// <summary>The name of a database's file.</summary>
    public static string FileOf(string database) => string.Concat(Encoding.UTF8.GetBytes(database).Select(
        static (value, index) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-' || (value == '.' && index > 0)
            ? ((char)value).ToString()
            : $"%{value:x2}"));

    /// <summary>Splits the dump.</summary>
    /// <param name="dump">The program's output.</param>
    /// <param name="onHead">Told when the settings have been read, and with them the position.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(Stream dump, Func<Task> onHead, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int held = 0;
        bool isLineStart = true;
        Open(FirstFile, null);
        try
        {
            int read;
            while ((read = await dump.ReadAsync(buffer.AsMemory(held), cancellationToken).ConfigureAwait(false)) > 0)
            {
                held += read;
                (int done, isLineStart) = await WriteLinesAsync(buffer.AsMemory(0, held), isLineStart, onHead, cancellationToken)
                    .ConfigureAwait(false);
                buffer.AsSpan(done, held - done).CopyTo(buffer);
                held -= done;
            }

            LookAt(buffer.AsSpan(0, held));
            await _file!.WriteAsync(buffer.AsMemory(0, held), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _file!.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Writes what is known to be within one part as one piece; leaves a line whose end has not come yet.
    private async Task<(int Done, bool IsLineStart)> WriteLinesAsync(
        ReadOnlyMemory<byte> content, bool isLineStart, Func<Task> onHead, CancellationToken cancellationToken)
    {
        int written = 0;
        int at = 0;
        while (at < content.Length)
        {
            int length = content.Span[at..].IndexOf((byte)'\n') + 1;
            if (length == 0)
            {
                // A line that is long is none that matters: what there is of it can go, but for a start that is too short to tell.
                bool mayMatter = isLineStart && content.Length - at < LineLimit;
                at = mayMatter ? at : content.Length;
                isLineStart &= mayMatter;
                break;
            }

            if (isLineStart && LookAt(content.Span.Slice(at, length)) is { } database)
            {
                await _file!.WriteAsync(content[written..at], cancellationToken).ConfigureAwait(false);
                await _file.DisposeAsync().ConfigureAwait(false);
                written = at;
                await NextAsync(database, onHead).ConfigureAwait(false);
            }

            at += length;
            isLineStart = true;
        }

        await _file!.WriteAsync(content[written..at], cancellationToken).ConfigureAwait(false);
        return (at, isLineStart);
    }

    // The database whose part begins with the line; null where none does.
    private string? LookAt(ReadOnlySpan<byte> line)
    {
        if (_sections.Count == 1)
        {
            _head.Append(Encoding.UTF8.GetString(line));
        }

        if (line.StartsWith(s_delimiter))
        {
            _isInBody = !line.TrimEnd((byte)'\n').SequenceEqual("DELIMITER ;"u8);
        }
        else if (!_isInBody && line.StartsWith("-- "u8))
        {
            if (line.StartsWith(s_completed))
            {
                IsComplete = true;
            }
            else if (line.StartsWith(s_gtid))
            {
                Gtid = Encoding.UTF8.GetString(line[s_gtid.Length..]).Split('\'')[0];
            }
            else if (line.StartsWith(s_partStart))
            {
                string name = Encoding.UTF8.GetString(line[s_partStart.Length..]).TrimEnd('\n');
                name = name[..^1].Replace("``", "`", StringComparison.Ordinal);
                return IsExpected(name) ? name : null;
            }
        }

        return null;
    }

    private bool IsExpected(string database) =>
        (_databasesSeen < databases.Count && database == databases[_databasesSeen])
        || (_databasesSeen == databases.Count && databases.Contains(database) && !_sections.Exists(
            section => section.File == ViewFileOf(database)));

    private async Task NextAsync(string database, Func<Task> onHead)
    {
        if (_sections.Count == 1)
        {
            if (Position().Match(_head.ToString()) is { Success: true } match)
            {
                LogPosition = (match.Groups[1].Value, long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
            }

            await onHead().ConfigureAwait(false);
        }

        bool isFirstTime = _databasesSeen < databases.Count;
        _databasesSeen += isFirstTime ? 1 : 0;
        Open(isFirstTime ? FileOf(database) + ".sql" : ViewFileOf(database), database);
    }

    private void Open(string file, string? database)
    {
        _file = writer.OpenFile(new StreamedEntry(file), ContentCut.ByContent);
        _sections.Add(new DumpSection(file, database));
    }

    private static string ViewFileOf(string database) => FileOf(database) + ".views.sql";

    [GeneratedRegex(@"^-- CHANGE (?:MASTER|REPLICATION SOURCE) TO (?:MASTER|SOURCE)_LOG_FILE='([^']+)', (?:MASTER|SOURCE)_LOG_POS=(\d+);", RegexOptions.Multiline)]
    private static partial Regex Position();
}
