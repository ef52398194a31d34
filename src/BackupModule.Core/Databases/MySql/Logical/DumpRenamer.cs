using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>Copies a database's part of a dump so that it makes a database of another name.</summary>
/// <remarks>A dump names its database in <c>CREATE DATABASE</c> and <c>USE</c> at the start of a part, in <c>ALTER DATABASE</c>
/// around routines whose character set differs, and in the heads of triggers, which servers keep as they were written. What the
/// bodies of routines and triggers, and views, say of databases by name stays as it is.</remarks>
internal sealed partial class DumpRenamer
{
    private const int BufferSize = 1 << 20;
    private const int LineLimit = 4096;
    private const string EndOfTriggerHead = "FOR EACH ROW";
    private static readonly string[] s_words = ["CREATE DATABASE /*!32312 IF NOT EXISTS*/ ", "USE ", "ALTER DATABASE "];

    private readonly (string Old, string New)[] _starts;
    private readonly Regex _triggerNames;
    private bool _isInTriggerHead;

    /// <summary>Renames a database.</summary>
    public DumpRenamer(string database, string newName)
    {
        _starts = [.. s_words.Select(word => (word + MySqlServer.Quote(database), word + MySqlServer.Quote(newName)))];
        string names = $"(?:{Regex.Escape(MySqlServer.Quote(database))}|{Regex.Escape(database)})";
        _triggerNames = new Regex($@"(?<=\b(?:TRIGGER|EXISTS|ON)\s+|^\s*){names}\s*\.\s*(?=[`\w$])", RegexOptions.IgnoreCase);
    }

    /// <summary>Copies the part.</summary>
    public async Task CopyAsync(Stream dump, Stream destination, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int held = 0;
        bool isLineStart = true;
        int read;
        do
        {
            read = await dump.ReadAsync(buffer.AsMemory(held), cancellationToken).ConfigureAwait(false);
            held += read;
            int done = 0;
            while (done < held)
            {
                int length = buffer.AsSpan(done, held - done).IndexOf((byte)'\n') + 1;
                bool hasEnd = length > 0;
                if (!hasEnd && isLineStart && read > 0 && held - done < LineLimit)
                {
                    break;
                }

                length = hasEnd ? length : held - done;
                ReadOnlyMemory<byte> line = buffer.AsMemory(done, length);
                await destination.WriteAsync(isLineStart ? Rename(line) : line, cancellationToken).ConfigureAwait(false);
                isLineStart = hasEnd;
                done += length;
            }

            buffer.AsSpan(done, held - done).CopyTo(buffer);
            held -= done;
        }
        while (read > 0);
    }

    private ReadOnlyMemory<byte> Rename(ReadOnlyMemory<byte> line)
    {
        bool mayMatter = _isInTriggerHead || line.Span[0] is (byte)'C' or (byte)'U' or (byte)'A' or (byte)'/';
        if (!mayMatter || line.Length > LineLimit)
        {
            return line;
        }

        string text = Encoding.UTF8.GetString(line.Span);
        foreach ((string old, string renamed) in _starts)
        {
            if (text.StartsWith(old, StringComparison.Ordinal))
            {
                return Encoding.UTF8.GetBytes(renamed + text[old.Length..]);
            }
        }

        _isInTriggerHead |= TriggerStart().IsMatch(text);
        return _isInTriggerHead ? Encoding.UTF8.GetBytes(RenameInTriggerHead(text)) : line;
    }

    private string RenameInTriggerHead(string text)
    {
        int end = text.IndexOf(EndOfTriggerHead, StringComparison.OrdinalIgnoreCase);
        _isInTriggerHead = end < 0;
        end = end < 0 ? text.Length : end;
        return _triggerNames.Replace(text[..end], string.Empty) + text[end..];
    }

    [GeneratedRegex(@"^/\*!50003 CREATE\*/ .*/\*!50003 TRIGGER\b", RegexOptions.IgnoreCase)]
    private static partial Regex TriggerStart();
}
