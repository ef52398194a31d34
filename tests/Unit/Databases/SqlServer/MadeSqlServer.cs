using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Behaves as SQL Server is documented to, towards the statements that the engine sends: it keeps rows and a log,
/// writes backups to disk or into a bucket, and refuses to restore what does not follow. It shows that the engine's flow is right, and nothing
/// about the real server.</summary>
internal sealed partial class MadeSqlServer : IAsyncDisposable
{
    private const int FullSize = 100_000;

    private static readonly string[] s_header =
    [
        "BackupName", "BackupType", "DatabaseName", "FirstLSN", "LastLSN", "CheckpointLSN", "BackupStartDate", "BackupFinishDate",
        "BackupSetGUID", "FamilyGUID", "FirstRecoveryForkID", "RecoveryForkID", "ForkPointLSN", "DifferentialBaseGUID", "IsCopyOnly",
        "IsDamaged", "HasBulkLoggedData", "HasBackupChecksums",
    ];

    private readonly Lock _lock = new();

    private readonly Dictionary<string, object> _locks = new(StringComparer.Ordinal);

    public MadeSqlServer(bool isEncrypted = false)
    {
        Tds = new TdsServer(AnswerAsync, isEncrypted);
        Tds.Closed = connection =>
        {
            lock (_lock)
            {
                foreach (string name in _locks.Keys.Where(name => _locks[name] == connection).ToArray())
                {
                    _locks.Remove(name);
                }
            }
        };
    }

    public TdsServer Tds { get; }

    /// <summary>By name.</summary>
    public Dictionary<string, MadeDatabase> Databases { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The clock, in the server's offset.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(1));

    public string Version { get; set; } = "16.0.4135.4";

    public int EngineEdition { get; set; } = 3;

    public bool MayCreateDatabases { get; set; } = true;

    /// <summary>The folder that the server has under every path; null for the machine's own folders.</summary>
    public string? Folder { get; set; }

    /// <summary>What it does with addresses of objects; null for nothing.</summary>
    public MadeBucket? Bucket { get; set; }

    /// <summary>Rows of the history: database, type, device, time.</summary>
    public List<object?[]> History { get; } = [];

    /// <summary>Makes a batch fail; null answers it.</summary>
    public Func<string, (int Number, byte Severity, string Text)?> Fault { get; set; } = static _ => null;

    /// <summary>The bytes that differential backups have of pages; they are written in twice as many.</summary>
    public int DifferentialSize { get; set; } = 10_000;

    /// <summary>Holds a batch up on the way.</summary>
    public Func<string, CancellationToken, Task> Hold { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Changes the header of a backup that is read.</summary>
    public Func<BackupSet, BackupSet> Header { get; set; } = static set => set;

    public MadeDatabase Add(string name)
    {
        MadeDatabase database = new(name);
        Databases.Add(name, database);
        return database;
    }

    /// <summary>Lets time pass and something be written.</summary>
    public void Insert(string database, string row, double minutes = 1)
    {
        Now = Now.AddMinutes(minutes);
        Databases[database].Insert(row, Now);
    }

    /// <summary>Lets time pass and something be deleted.</summary>
    public void Delete(string database, string row, double minutes = 1)
    {
        Now = Now.AddMinutes(minutes);
        Databases[database].Delete(row, Now);
    }

    public ValueTask DisposeAsync() => Tds.DisposeAsync();

    private static decimal Number(LogSequenceNumber number) => decimal.Parse(number.ToString(), CultureInfo.InvariantCulture);

    private async Task AnswerAsync(string sql, TdsAnswer answer, CancellationToken given)
    {
        if (IsLong().IsMatch(sql))
        {
            answer.AddMessage(3211, "10 percent processed.");
            await answer.SendAsync();
        }

        await Hold(sql, given);
        lock (_lock)
        {
            if (Fault(sql) is { } fault)
            {
                answer.AddError(fault.Number, fault.Severity, fault.Text);
                answer.AddError(3013, 16, "The statement is terminating abnormally.");
            }
            else
            {
                Answer(sql, answer);
            }
        }
    }

    private void Answer(string sql, TdsAnswer answer)
    {
        if (sql.Contains("SERVERPROPERTY", StringComparison.Ordinal))
        {
            answer.AddRows(
                ["", "", "", "", "", "", "", "", ""],
                ["MADE", Version, "Developer Edition (64-bit)", EngineEdition, TdsServer.User, 0, MayCreateDatabases ? 1 : 0, "/data/", "/log/"]);
        }
        else if (sql.Contains("SYSUTCDATETIME", StringComparison.Ordinal))
        {
            answer.AddRows(["", ""], [Now.UtcDateTime, (int)Now.Offset.TotalMinutes]);
        }
        else if (sql.Contains("sys.databases", StringComparison.Ordinal))
        {
            answer.AddRows(
                ["name", "state_desc", "recovery_model_desc", "is_encrypted", "", ""],
                [.. Databases.Values.Select(static database => (object?[])
                [
                    database.Name, database.State, database.RecoveryModel, database.IsEncrypted, database.MayBackUp ? 1 : 0,
                    database.MayBackUp ? 1 : 0,
                ])]);
        }
        else if (sql.Contains("msdb.dbo.backupset", StringComparison.Ordinal))
        {
            answer.AddRows(["database_name", "type", "", ""], [.. History]);
        }
        else if (OfDatabase().Match(sql) is { Success: true } asked)
        {
            MadeDatabase database = Databases[Unquote(asked.Groups["name"].Value)];
            if (sql.Contains("differential_base_guid", StringComparison.Ordinal))
            {
                answer.AddRows(
                    ["", "differential_base_guid", "", "recovery_fork_guid"],
                    [0, database.BaseId, database.FileAddedAt.ToString(CultureInfo.InvariantCulture), database.Fork],
                    [1, null, "0", database.Fork]);
            }
            else if (sql.Contains("allocated_extent_page_count", StringComparison.Ordinal) && !database.MayViewState)
            {
                answer.AddError(300, 14, "VIEW DATABASE STATE permission was denied.");
            }
            else
            {
                answer.AddRows(
                    [""], [sql.Contains("modified", StringComparison.Ordinal) ? database.ChangedPages : database.Pages]);
            }
        }
        else if (sql.Contains("sys.credentials", StringComparison.Ordinal))
        {
            string[] names = Bucket is { AreCredentialsVisible: true } ? [.. Bucket.Credentials] : [];
            answer.AddRows(
                ["name", ""],
                [.. names.DefaultIfEmpty().Select(name => (object?[])[name, Bucket!.AreCredentialsVisible ? 1 : 0])]);
        }
        else if (AppLock().Match(sql) is { Success: true } named)
        {
            string name = named.Groups["name"].Value;
            if (named.Groups["what"].Value == "release")
            {
                _locks.Remove(name);
            }
            else
            {
                answer.AddRows([""], [_locks.TryAdd(name, answer.Connection) ? 0 : -1]);
            }
        }
        else if (sql.Contains("xp_fileexist", StringComparison.Ordinal))
        {
            bool isThere = File.Exists(PathOf(Text().Match(sql)));
            answer.AddRows(["File Exists", "File is a Directory", "Parent Directory Exists"], [isThere ? 1 : 0, 0, 1]);
        }
        else if (Media().Match(sql) is { Success: true } media)
        {
            if (ReadFile(media, answer) is var (set, _))
            {
                Read(media, set, answer);
            }
        }
        else if (BackUp().Match(sql) is { Success: true } backup)
        {
            BackUp(backup, sql, answer);
        }
        else if (RestoreSet().Match(sql) is { Success: true } restore)
        {
            Restore(restore, sql, answer);
        }
        else if (Recover().Match(sql) is { Success: true } recover)
        {
            MadeDatabase database = Databases[Unquote(recover.Groups["name"].Value)];
            database.State = "ONLINE";
            database.Fork = Guid.NewGuid();
        }
        else if (!sql.StartsWith("ALTER DATABASE", StringComparison.Ordinal) && !sql.StartsWith("DBCC CHECKDB", StringComparison.Ordinal))
        {
            answer.AddError(102, 15, $"Incorrect syntax: {sql}");
        }
    }

    /// <summary>Has another tool make a full backup.</summary>
    public void BackUpElsewhere(string name)
    {
        MadeDatabase database = Databases[name];
        database.Next += 2;
        database.BaseEnd = database.Next;
        database.BaseId = Guid.NewGuid();
    }

    private void BackUp(Match match, string sql, TdsAnswer answer)
    {
        MadeDatabase database = Databases[Unquote(match.Groups["name"].Value)];
        bool isLog = match.Groups["what"].Value == "LOG";
        if (isLog && database.RecoveryModel == "SIMPLE")
        {
            answer.AddError(4208, 16, "The statement BACKUP LOG is not allowed while the recovery model is SIMPLE.");
            return;
        }

        if (isLog && database.LogTaken is null)
        {
            answer.AddError(4214, 16, "BACKUP LOG cannot be performed because there is no current database backup.");
            return;
        }

        bool isDifferential = sql.Contains("DIFFERENTIAL", StringComparison.Ordinal);
        if (isDifferential && database.BaseId is null)
        {
            answer.AddError(3035, 16, "Cannot perform a differential backup, because a current database backup does not exist.");
            return;
        }

        ulong first = isLog ? database.LogTaken!.Value : database.Next;
        database.Next += isLog ? 0u : 2u;
        ulong last = database.Next;
        bool isCopyOnly = sql.Contains("COPY_ONLY", StringComparison.Ordinal);
        BackupSet set = new()
        {
            Id = Guid.NewGuid(),
            Type = isLog ? BackupSetType.Log : isDifferential ? BackupSetType.Differential : BackupSetType.Full,
            Database = database.Name,
            FamilyId = database.Family,
            First = new LogSequenceNumber(first),
            Last = new LogSequenceNumber(last),
            DifferentialBaseId = isDifferential ? database.BaseId : null,
            FirstForkId = database.Fork,
            ForkId = database.Fork,
            StartedAt = Now,
            FinishedAt = Now.AddSeconds(2),
            IsCopyOnly = isCopyOnly,
            HasChecksums = true,
        };
        if (isLog)
        {
            database.LogTaken = last;
        }
        else if (!isDifferential && !isCopyOnly)
        {
            database.LogTaken ??= first;
            database.BaseId = set.Id;
            database.BaseEnd = last;
        }

        MadeChange[] changes = isLog ? database.Between(first, last)
            : isDifferential ? database.Between(database.BaseEnd, last)
            : [.. database.Changes];

        // No two sets have a page in common, so that what is stored once was taken over.
        byte[] pages = new byte[isDifferential ? DifferentialSize : FullSize];
        new Random(set.Id.GetHashCode()).NextBytes(pages);
        string content = string.Join(
            '\n', JsonSerializer.Serialize(set), JsonSerializer.Serialize(changes), Convert.ToHexString(pages));
        if (match.Groups["device"].Value == "DISK")
        {
            File.WriteAllText(PathOf(match), content);
        }
        else if (Bucket?.TryPut(AddressOf(match), Encoding.UTF8.GetBytes(content)) != true)
        {
            CannotOpen(match, answer);
            return;
        }

        if (sql.Contains("NORECOVERY", StringComparison.Ordinal))
        {
            database.State = "RESTORING";
        }

        answer.AddMessage(3211, "100 percent processed.");
        answer.AddMessage(3014, "BACKUP successfully processed pages.");
    }

    private void Restore(Match match, string sql, TdsAnswer answer)
    {
        string name = Unquote(match.Groups["name"].Value);
        if (ReadFile(match, answer) is not var (set, changes))
        {
            return;
        }

        if (set.Type == BackupSetType.Full)
        {
            if (Databases.ContainsKey(name) && !sql.Contains("REPLACE", StringComparison.Ordinal))
            {
                answer.AddError(3154, 16, "The backup set holds a backup of another database.");
                return;
            }

            Databases[name] = new MadeDatabase(name)
            {
                State = "RESTORING",
                Family = set.FamilyId,
                Fork = set.ForkId,
                Next = (ulong)set.Last.Value,
                Changes = [.. changes],
                BaseId = set.Id,
                BaseEnd = (ulong)set.Last.Value,
            };
            return;
        }

        MadeDatabase database = Databases[name];
        if (set.Type == BackupSetType.Differential)
        {
            if (set.DifferentialBaseId != database.BaseId || database.Next != database.BaseEnd)
            {
                answer.AddError(3136, 16, "The database has not been restored to the correct earlier state.");
                return;
            }

            database.Changes.AddRange(changes);
            database.Next = (ulong)set.Last.Value;
            return;
        }

        if ((ulong)set.First.Value > database.Next)
        {
            answer.AddError(4305, 16, "The log in this backup set begins too late to apply to the database.");
            return;
        }

        DateTime stop = StopAt().Match(sql) is { Success: true } stopAt
            ? DateTime.Parse(stopAt.Groups["moment"].Value, CultureInfo.InvariantCulture)
            : DateTime.MaxValue;
        database.Changes.AddRange(changes.Where(change => change.Lsn >= database.Next && change.At.DateTime <= stop));
        database.Next = (ulong)set.Last.Value;
    }

    private void Read(Match media, BackupSet set, TdsAnswer answer)
    {
        switch (media.Groups["what"].Value)
        {
            case "HEADERONLY":
                set = Header(set);
                answer.AddRows(
                    s_header,
                    [
                        null, (short)set.Type, set.Database, Number(set.First), Number(set.Last), Number(set.Checkpoint),
                        set.StartedAt.DateTime, set.FinishedAt.DateTime, set.Id, set.FamilyId, set.FirstForkId, set.ForkId,
                        set.ForkPoint is { } point ? Number(point) : null, set.DifferentialBaseId, set.IsCopyOnly, set.IsDamaged,
                        set.HasBulkLoggedData, set.HasChecksums,
                    ]);
                break;
            case "FILELISTONLY":
                answer.AddRows(
                    ["LogicalName", "PhysicalName", "Type"],
                    [set.Database, $"/data/{set.Database}.mdf", "D"],
                    [$"{set.Database}_log", $"/log/{set.Database}_log.ldf", "L"]);
                break;
            default:
                answer.AddMessage(3262, "The backup set on file 1 is valid.");
                break;
        }
    }

    private static void CannotOpen(Match match, TdsAnswer answer) => answer.AddError(
        3201, 16, $"Cannot open backup device '{AddressOf(match)}'. Operating system error 50(The request is not supported.).");

    private static string AddressOf(Match match) => match.Groups["file"].Value.Replace("''", "'", StringComparison.Ordinal);

    private string PathOf(Match match)
    {
        string path = AddressOf(match);
        return Folder is null ? path : Path.Combine(Folder, Path.GetFileName(path));
    }

    /// <summary>Null where the answer is an error.</summary>
    private (BackupSet Set, MadeChange[] Changes)? ReadFile(Match match, TdsAnswer answer)
    {
        byte[]? content = match.Groups["device"].Value == "DISK"
            ? File.ReadAllBytes(PathOf(match))
            : Bucket?.Find(AddressOf(match));
        if (content is null)
        {
            CannotOpen(match, answer);
            return null;
        }

        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        if (lines.Length != 3)
        {
            answer.AddError(3241, 16, $"The media family on device '{AddressOf(match)}' is incorrectly formed.");
            return null;
        }

        return (JsonSerializer.Deserialize<BackupSet>(lines[0])!, JsonSerializer.Deserialize<MadeChange[]>(lines[1])!);
    }

    private static string Unquote(string name) => name.Replace("]]", "]", StringComparison.Ordinal);

    [GeneratedRegex(@"^(BACKUP|RESTORE (DATABASE|LOG))")]
    private static partial Regex IsLong();

    [GeneratedRegex(@"FROM \[(?<name>(?:[^\]]|\]\])*)\]\.sys\.(?<view>database_files|dm_db_file_space_usage)")]
    private static partial Regex OfDatabase();

    [GeneratedRegex("sp_(?<what>get|release)applock @Resource = N'(?<name>[^']*)'")]
    private static partial Regex AppLock();

    [GeneratedRegex("N'(?<file>(?:[^']|'')*)'")]
    private static partial Regex Text();

    [GeneratedRegex("^RESTORE (?<what>HEADERONLY|FILELISTONLY|VERIFYONLY) FROM (?<device>DISK|URL) = N'(?<file>(?:[^']|'')*)'")]
    private static partial Regex Media();

    [GeneratedRegex(@"BACKUP (?<what>DATABASE|LOG) \[(?<name>(?:[^\]]|\]\])*)\] TO (?<device>DISK|URL) = N'(?<file>(?:[^']|'')*)'")]
    private static partial Regex BackUp();

    [GeneratedRegex(@"^RESTORE (?<what>DATABASE|LOG) \[(?<name>(?:[^\]]|\]\])*)\] FROM (?<device>DISK|URL) = N'(?<file>(?:[^']|'')*)'")]
    private static partial Regex RestoreSet();

    [GeneratedRegex(@"^RESTORE DATABASE \[(?<name>(?:[^\]]|\]\])*)\] WITH RECOVERY;$")]
    private static partial Regex Recover();

    [GeneratedRegex("STOPAT = N'(?<moment>[^']*)'")]
    private static partial Regex StopAt();
}
