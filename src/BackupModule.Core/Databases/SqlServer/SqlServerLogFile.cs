using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>The name under which a backup of a database's log is in the repository: it has all that a chain is planned from, so
/// that nothing is read for that.</summary>
/// <remarks><c>DATABASE.FIRST.LAST.FIRSTFORK.FORK.FORKPOINT.FLAG.LENGTH.BEGUN</c>. The database is a hash, since names of log files are seen
/// by whoever sees the repository's place. Names of one database sort by their places in the log.</remarks>
internal static class SqlServerLogFile
{
    private const char Separator = '.';
    private const int PartCount = 9;
    private const int KeyDigits = 16;
    private const string BulkLogged = "b";
    private const string Damaged = "d";
    private const string Plain = "n";

    /// <summary>What stands for a database: its name, mixed with a number that only those know who have a backup of it.
    /// </summary>
    public static string KeyOf(BackupSet set) =>
        ObjectId.Hash(Encoding.UTF8.GetBytes($"{set.FamilyId:n}\n{set.Database.ToUpperInvariant()}")).ToString()[..KeyDigits];

    /// <summary>The name of a log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="length">The length of its file in bytes.</param>
    /// <param name="begunAt">The moment before it was made.</param>
    public static string NameOf(BackupSet log, long length, DateTimeOffset begunAt) => string.Join(
        Separator,
        KeyOf(log),
        log.First.ToSortable(),
        log.Last.ToSortable(),
        log.FirstForkId.ToString("n"),
        log.ForkId.ToString("n"),
        log.ForkPoint?.ToString() ?? string.Empty,
        log.IsDamaged ? Damaged : log.HasBulkLoggedData ? BulkLogged : Plain,
        length.ToString(CultureInfo.InvariantCulture),
        begunAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>The moment before a log was made; null for a name that is no log's.</summary>
    public static DateTimeOffset? BegunAt(string name) =>
        name.Split(Separator) is { Length: PartCount } parts
        && long.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>What a name says; false for a file that is no log of the database.</summary>
    /// <param name="file">The log file. One that is not there whole is no usable set.</param>
    /// <param name="database">A set of the database.</param>
    /// <param name="log">What the name says.</param>
    public static bool TryRead(LogFile file, BackupSet database, [NotNullWhen(true)] out BackupSet? log)
    {
        log = null;
        string[] parts = file.Name.Split(Separator);
        if (parts.Length != PartCount || parts[0] != KeyOf(database)
            || !LogSequenceNumber.TryParse(parts[1], out LogSequenceNumber first) || !LogSequenceNumber.TryParse(parts[2], out LogSequenceNumber last)
            || !Guid.TryParseExact(parts[3], "n", out Guid firstFork) || !Guid.TryParseExact(parts[4], "n", out Guid fork)
            || parts[6] is not (BulkLogged or Damaged or Plain)
            || !long.TryParse(parts[7], NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            || BegunAt(file.Name) is not { } begunAt)
        {
            return false;
        }

        LogSequenceNumber? forkPoint = LogSequenceNumber.TryParse(parts[5], out LogSequenceNumber point) ? point : null;
        log = new BackupSet
        {
            Type = BackupSetType.Log,
            Database = database.Database,
            FamilyId = database.FamilyId,
            First = first,
            Last = last,
            FirstForkId = firstFork,
            ForkId = fork,
            ForkPoint = forkPoint,
            IsDamaged = parts[6] == Damaged,
            HasBulkLoggedData = parts[6] == BulkLogged,
            StartedAt = begunAt,
            FinishedAt = begunAt,
            StripesHeld = file.Start == 0 && file.End == length ? 1 : 0,
        };
        return true;
    }
}
