using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using CsCheck;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>The Transact-SQL that is sent, parsed by Microsoft's own parser.</summary>
public sealed class StatementTests
{
    private const string NastyName = "it's [the] \"db\"; DROP DATABASE x --";

    private static readonly BackupDevice[] s_disk = [BackupDevice.Disk("/exchange/it's.bak")];

    [Fact]
    public void A_full_backup_has_checksums_and_leaves_compression_to_the_repository()
    {
        string sql = Backup(BackupSetType.Full).ToSql();

        Assert.Equal(
            "BACKUP DATABASE [shop] TO DISK = N'/exchange/it''s.bak' WITH FORMAT, INIT, CHECKSUM, NO_COMPRESSION, STATS = 1;", sql);
        Assert.IsType<BackupDatabaseStatement>(Parse(sql));
    }

    [Theory]
    [InlineData(BackupSetType.Full)]
    [InlineData(BackupSetType.Differential)]
    [InlineData(BackupSetType.Log)]
    public void Names_and_paths_are_quoted_however_they_look(BackupSetType type)
    {
        TSqlStatement statement = Parse((Backup(type) with { Database = NastyName, Name = NastyName }).ToSql());

        UnderstoodBackup backup = new((Microsoft.SqlServer.TransactSql.ScriptDom.BackupStatement)statement);
        Assert.Equal(NastyName, backup.Database);
        Assert.Equal(["/exchange/it's.bak"], backup.Devices);
    }

    [Fact]
    public void Any_name_comes_out_of_the_parser_as_it_went_in() => Gen.String[1, 128].Where(IsText).Sample(name =>
    {
        TSqlStatement statement = Parse((Backup(BackupSetType.Full) with { Database = name }).ToSql());

        Assert.Equal(name, new UnderstoodBackup((Microsoft.SqlServer.TransactSql.ScriptDom.BackupStatement)statement).Database);
    });

    [Fact]
    public void What_a_differential_backup_stands_on_is_asked_of_the_database_itself()
    {
        foreach (string name in new[] { "shop", NastyName })
        {
            SelectStatement files = Assert.IsType<SelectStatement>(Parse(DifferentialBase.QueryBase(name)));
            SelectStatement changes = Assert.IsType<SelectStatement>(Parse(DifferentialBase.QueryChanges(name)));

            Assert.Equal([name, "sys", "database_files"], TableOf(files));
            Assert.Equal([name, "sys", "dm_db_file_space_usage"], TableOf(changes));
        }

        static IEnumerable<string> TableOf(SelectStatement statement)
        {
            TableReference table = ((QuerySpecification)statement.QueryExpression).FromClause.TableReferences[0];
            return ((NamedTableReference)(table is QualifiedJoin join ? join.FirstTableReference : table))
                .SchemaObject.Identifiers.Select(static part => part.Value);
        }
    }

    [Fact]
    public void A_tail_of_the_log_leaves_the_database_restoring()
    {
        string sql = (Backup(BackupSetType.Log) with { LeavesRestoring = true }).ToSql();

        Assert.Contains(", NORECOVERY,", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void The_log_of_a_damaged_database_is_saved_all_the_same()
    {
        string sql = (Backup(BackupSetType.Log) with { IsOfDamaged = true }).ToSql();

        Assert.Contains("NO_TRUNCATE, CONTINUE_AFTER_ERROR", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void A_backup_goes_into_a_bucket_in_parts_of_a_chosen_size()
    {
        string sql = (Backup(BackupSetType.Full) with
        {
            Devices = [BackupDevice.Bucket("s3://host:9000/bucket/a.bak"), BackupDevice.Bucket("s3://host:9000/bucket/b.bak")],
            IsCompressed = true,
            IsCopyOnly = true,
            MaxTransferSize = 20 * 1024 * 1024,
        }).ToSql();

        Assert.Contains("TO URL = N's3://host:9000/bucket/a.bak', URL = ", sql, StringComparison.Ordinal);
        Assert.Contains("COPY_ONLY, MAXTRANSFERSIZE = 20971520", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void The_credential_of_a_bucket_is_named_after_it() => Assert.IsType<CreateCredentialStatement>(
        Parse(Core.Databases.SqlServer.Statements.CredentialStatement.CreateForBucket("s3://host:9000/bucket/", "KEY", "it's:secret")));

    [Fact]
    public void An_access_key_with_a_colon_is_refused() => Refused(
        static () => Core.Databases.SqlServer.Statements.CredentialStatement.CreateForBucket("s3://host/bucket", "a:b", "secret"));

    public static TheoryData<string> Nonsense => new(s_nonsense.Keys);

    private static readonly Dictionary<string, Func<Core.Databases.SqlServer.Statements.BackupStatement>> s_nonsense = new()
    {
        ["copy-only differential"] = static () => Backup(BackupSetType.Differential) with { IsCopyOnly = true },
        ["tail of a full backup"] = static () => Backup(BackupSetType.Full) with { LeavesRestoring = true },
        ["damaged differential"] = static () => Backup(BackupSetType.Differential) with { IsOfDamaged = true },
        ["copy-only tail"] = static () => Backup(BackupSetType.Log) with { LeavesRestoring = true, IsCopyOnly = true },
        ["damaged tail"] = static () => Backup(BackupSetType.Log) with { LeavesRestoring = true, IsOfDamaged = true },
        ["no device"] = static () => Backup(BackupSetType.Full) with { Devices = [] },
        ["65 devices"] = static () => Backup(BackupSetType.Full) with { Devices = [.. new BackupDevice[65]] },
        ["disk and bucket"] = static () => Backup(BackupSetType.Full) with
        {
            Devices = [s_disk[0], BackupDevice.Bucket("s3://host/bucket/a")],
        },
        ["odd size on disk"] = static () => Backup(BackupSetType.Full) with { MaxTransferSize = 100_000 },
        ["bucket's size without compression"] = static () => Backup(BackupSetType.Full) with
        {
            Devices = [BackupDevice.Bucket("s3://host/bucket/a")],
            MaxTransferSize = 10 * 1024 * 1024,
        },
        ["no bucket"] = static () => Backup(BackupSetType.Full) with { Devices = [BackupDevice.Bucket("https://host/a")] },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void What_the_server_would_refuse_is_refused(string what) => Refused(() => s_nonsense[what]().ToSql());

    [Fact]
    public void A_restore_moves_files_and_waits_for_more()
    {
        string sql = new Core.Databases.SqlServer.Statements.RestoreStatement
        {
            Database = NastyName,
            Type = BackupSetType.Full,
            Devices = s_disk,
            Moves = [new FileMove("it's data", "/new/it's.mdf"), new FileMove("log", "/new/log.ldf")],
        }.ToSql();

        Assert.Contains("NORECOVERY, MOVE N'it''s data' TO N'/new/it''s.mdf', MOVE", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void A_restore_in_place_replaces()
    {
        string sql = new Core.Databases.SqlServer.Statements.RestoreStatement
        {
            Database = "shop", Type = BackupSetType.Full, Devices = s_disk, Replaces = true,
        }.ToSql();

        Assert.Contains(", REPLACE,", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void A_log_is_restored_up_to_a_moment()
    {
        string sql = new Core.Databases.SqlServer.Statements.RestoreStatement
        {
            Database = "shop",
            Type = BackupSetType.Log,
            Devices = s_disk,
            StopAt = new DateTime(2026, 11, 22, 10, 15, 0).AddMilliseconds(5),
        }.ToSql();

        Assert.Contains("NORECOVERY, STOPAT = N'2026-11-22T10:15:00.003'", sql, StringComparison.Ordinal);
        Parse(sql);
    }

    [Fact]
    public void A_full_backup_does_not_stop_and_a_log_moves_nothing()
    {
        Core.Databases.SqlServer.Statements.RestoreStatement log = new()
        {
            Database = "shop", Type = BackupSetType.Log, Devices = s_disk,
        };

        Refused(() => (log with { Replaces = true }).ToSql());
        Refused(() => (log with { Moves = [new FileMove("a", "b")] }).ToSql());
        Refused(() => (log with { Type = BackupSetType.Full, StopAt = DateTime.UnixEpoch }).ToSql());
    }

    [Fact]
    public void A_moment_is_never_put_forward() => Gen.Long[0, TimeSpan.TicksPerDay].Sample(ticks =>
    {
        DateTime moment = new DateTime(2026, 11, 22).AddTicks(ticks);

        DateTime sent = DateTime.Parse(TransactSql.Moment(moment)[2..^1], System.Globalization.CultureInfo.InvariantCulture);

        // A value of the type is rounded to milliseconds when it is written, which adds less than half of one.
        Assert.InRange(moment - sent, TimeSpan.FromMilliseconds(-0.5), TimeSpan.FromMilliseconds(4));
        Assert.Contains(sent.Millisecond % 10, (int[])[0, 3, 7]);
    });

    [Theory]
    [InlineData("2026-11-22T10:15:00.0029999", "2026-11-22T10:15:00.000")]
    [InlineData("2026-11-22T10:15:00.0033334", "2026-11-22T10:15:00.003")]
    [InlineData("2026-11-22T10:15:00.9999999", "2026-11-22T10:15:00.997")]
    public void A_moment_is_one_that_the_server_has(string moment, string sent) => Assert.Equal(
        $"N'{sent}'", TransactSql.Moment(DateTime.Parse(moment, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void All_other_statements_are_understood()
    {
        Parse(MediaStatements.ReadHeader(s_disk));
        Parse(MediaStatements.ListFiles(s_disk));
        Parse(MediaStatements.Verify(s_disk));
        Parse(DatabaseStatements.Recover(NastyName));
        Parse(DatabaseStatements.Seclude(NastyName));
        Parse(DatabaseStatements.Open(NastyName));
        Parse(DatabaseStatements.Check(NastyName));
        Parse(Grants.CreateDatabase(NastyName));
        Parse(Grants.Administer(NastyName));
        Parse(Grants.AlterCredentials(NastyName));
        ParseAll(Grants.ViewState(NastyName, NastyName), count: 2);
        ParseAll(Grants.Backup(NastyName, NastyName), count: 3);
    }

    // The parser that is a check of all others must itself find fault.
    [Fact]
    public void The_parser_refuses_what_is_no_Transact_SQL() => Assert.ThrowsAny<Exception>(
        static () => Parse("RESTORE LOG [x] FROM DISK = N'a' WITH STOPAT;"));

    private static Core.Databases.SqlServer.Statements.BackupStatement Backup(BackupSetType type) =>
        new() { Database = "shop", Type = type, Devices = s_disk };

    private static void Refused(Func<object> statement) =>
        Assert.Equal(BackupErrorKind.InvalidArgument, Assert.Throws<BackupException>(statement).Kind);

    // A name has no half of a surrogate pair, and no character that ends text.
    private static bool IsText(string name) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(name)) == name && !name.Contains('\0');

    private static TSqlStatement Parse(string sql) => ParseAll(sql, count: 1)[0];

    private static IList<TSqlStatement> ParseAll(string sql, int count)
    {
        IList<TSqlStatement> statements = ParseBatch(sql);
        Assert.Equal(count, statements.Count);
        return statements;
    }

    /// <summary>Parses a batch, which must have no fault.</summary>
    internal static IList<TSqlStatement> ParseBatch(string sql)
    {
        TSqlScript script = (TSqlScript)new TSql170Parser(initialQuotedIdentifiers: true)
            .Parse(new StringReader(sql), out IList<ParseError> errors);
        Assert.Empty(errors);
        return Assert.Single(script.Batches).Statements;
    }

    /// <summary>What the parser understood of a backup.</summary>
    private sealed class UnderstoodBackup(Microsoft.SqlServer.TransactSql.ScriptDom.BackupStatement statement)
    {
        public string? Database => (statement switch
        {
            BackupDatabaseStatement full => full.DatabaseName,
            BackupTransactionLogStatement log => log.DatabaseName,
            _ => null,
        })?.Identifier?.Value;

        public IEnumerable<string> Devices
        {
            get
            {
                foreach (DeviceInfo device in statement.Devices)
                {
                    yield return ((StringLiteral)device.PhysicalDevice).Value;
                }
            }
        }
    }
}
