using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.MySql;
using BackupModule.Core.Databases.MySql.Logical;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases.MySql;

public sealed class DumpTests
{
    private const string Objects =
        """
        CREATE DATABASE app; CREATE DATABASE `odd/na``me`;
        CREATE TABLE app.items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(100) CHARACTER SET utf8mb4, raw VARBINARY(20), at TIMESTAMP(3) NULL, d DECIMAL(20, 6), f FLOAT) ENGINE=InnoDB;
        INSERT INTO app.items (name, raw, at, d, f) VALUES ('plain', x'00ff0a', '2026-01-02 03:04:05.678', 1.5, 0.1), ('zwei\nZeilen -- \'', NULL, NULL, NULL, NULL), ('-- Current Database: `odd/na``me`', x'', NULL, -7, 1e30);
        CREATE VIEW app.v AS SELECT id FROM app.items;
        CREATE TRIGGER app.t BEFORE INSERT ON app.items FOR EACH ROW SET NEW.name = concat(NEW.name, '!');
        CREATE TRIGGER `app`.u
          AFTER UPDATE
          ON  app . items
          FOR EACH ROW INSERT INTO app.items (name) VALUES ('app.x');
        CREATE EVENT app.e ON SCHEDULE EVERY 1 DAY DO DELETE FROM app.items WHERE id < 0;
        CREATE TABLE `odd/na``me`.other (n INT);
        INSERT INTO `odd/na``me`.other VALUES (42);
        CREATE VIEW `odd/na``me`.w AS SELECT name FROM app.items;
        CREATE USER reader IDENTIFIED BY 'r'; CREATE ROLE readers; GRANT SELECT ON app.items TO readers; GRANT readers TO reader;
        """;

    // A routine whose text looks like the start of another database's part.
    private const string Routine =
        "CREATE PROCEDURE app.p() BEGIN\n-- Current Database: `odd/na``me`\n--\nSELECT 1; END";

    [Fact]
    public async Task All_databases_come_back_in_a_new_server_with_their_accounts()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute(Objects);
        fixture.Server.Execute(Routine);

        DiskContent content = await fixture.BackUpAsync();
        DatabaseRestoreResult result = await fixture.RestoreAsync(content, new() { Destination = fixture["new"] });

        Assert.Equal(["begin.sql", "app.sql", "odd%2fna%60me.sql", "app.views.sql", "odd%2fna%60me.views.sql"], content.Facts.MySql!.Sections.Select(static section => section.File));
        Assert.All(content.Cuts.Values, static cut => Assert.Equal(ContentCut.ByContent, cut));
        Assert.Equal(fixture.Server.LogEnd().File, content.Facts.MySql.LogFile);
        Assert.NotNull(content.Facts.MySql.Gtid);
        Assert.Equal(["app", "odd/na`me"], content.Facts.Fingerprints.Select(static item => item.Database));
        Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
        Assert.Equal(3, result.Checks.Count);
        Assert.Equal(["app", "odd/na`me"], result.Databases);
        Assert.Equal("42", fixture.ReadRestored(result, "SELECT n FROM `odd/na``me`.other"));
        Assert.Equal("3", fixture.ReadRestored(result, "SELECT count(*) FROM app.v"));
        Assert.Equal("1", fixture.ReadRestored(result, "SELECT count(*) FROM mysql.roles_mapping WHERE user = 'reader' AND role = 'readers'"));
        Assert.Equal("0", fixture.ReadRestored(result, "SELECT count(*) FROM mysql.user WHERE user LIKE 'restore%'"));
        Assert.Equal(["Install", "Start", "Load", "Check"], result.Phases.Select(static phase => phase.Name));

        // A right of the server's own that only it can grant: what failed is said without the statement, which may have hashes.
        string warning = Assert.Single(fixture.Observer.Warnings, static text => text.StartsWith("Some accounts", StringComparison.Ordinal));
        Assert.Contains("ERROR 1698", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("GRANT", warning, StringComparison.Ordinal);

        Assert.Equal(result.Path + ".tmp", fixture.ReadRestored(result, "SELECT @@tmpdir"));
        Assert.Equal("700", Shell.Read($"stat -c %a {result.Path}", "/"));

        // It runs on, and starts again from its settings.
        fixture.Stop(result);
        Assert.True(File.Exists(result.Path + ".cnf"));
    }

    [Fact]
    public async Task One_database_comes_back_under_a_new_name_beside_the_live_one()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute(Objects);
        fixture.Server.Execute(Routine);
        DiskContent content = await fixture.BackUpAsync();
        fixture.Server.Execute("DELETE FROM app.items");

        DatabaseRestoreResult result = await fixture.RestoreAsync(content, new() { Database = "app", NewName = "app_then" });

        Assert.Equal(["app_then"], result.Databases);
        Assert.True(Assert.Single(result.Checks).Passed, result.Checks[0].Message);
        Assert.Equal("3", fixture.Server.Read("SELECT count(*) FROM app_then.v"));
        Assert.Equal("0", fixture.Server.Read("SELECT count(*) FROM app.items"));

        BackupException taken = await Assert.ThrowsAsync<BackupException>(
            () => fixture.RestoreAsync(content, new() { Database = "app", NewName = "app_then" }));
        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, taken.Kind);
        BackupException missing = await Assert.ThrowsAsync<BackupException>(
            () => fixture.RestoreAsync(content, new() { Database = "nope" }));
        Assert.Contains("app", missing.Guidance);
    }

    [Fact]
    public async Task The_databases_are_of_one_moment_while_they_are_written()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute("CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.t (n INT); CREATE TABLE b.t (n INT)");
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                fixture.Server.Execute("BEGIN; INSERT INTO a.t VALUES (1); INSERT INTO b.t VALUES (1); COMMIT");
            }
        });

        DiskContent content = await fixture.BackUpAsync();
        await stop.CancelAsync();
        await writing;
        DatabaseRestoreResult result = await fixture.RestoreAsync(content, new() { Destination = fixture["new"] });

        Assert.Equal(
            fixture.ReadRestored(result, "SELECT count(*) FROM a.t"), fixture.ReadRestored(result, "SELECT count(*) FROM b.t"));
    }

    [Fact]
    public async Task Tables_without_transactions_are_a_warning()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.old (n INT) ENGINE=MyISAM");

        DiskContent content = await fixture.BackUpAsync();

        Assert.Contains("app.old (MyISAM)", Assert.Single(content.Facts.Warnings));
        Assert.Contains("app.old", Assert.Single(fixture.Observer.Warnings));
        Assert.Contains(
            await fixture.Engine.TestAsync(fixture.Access(), CancellationToken.None),
            static finding => !finding.IsError && finding.Message.Contains("app.old", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dump_that_breaks_off_is_no_backup()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.t (n INT)");
        string tools = fixture["tools"];
        Directory.CreateDirectory(tools);
        File.WriteAllText(Path.Combine(tools, "mariadb-dump"), "#!/bin/bash\nset -o pipefail\nexec head -n -1 < <(/usr/bin/mariadb-dump \"$@\")\n");
        Shell.Run("chmod 755 mariadb-dump", tools);
        DatabaseAccess access = fixture.Access();
        access = access with { Definition = access.Definition with { ToolFolder = tools } };

        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => fixture.BackUpAsync(access));

        Assert.Equal(BackupErrorKind.DatabaseBackupFailed, refused.Kind);
        Assert.Contains("not whole", refused.Message);
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_not_shown()
    {
        using MariaDbFixture fixture = new();
        DatabaseAccess access = fixture.Access(password: "hush hush");

        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => fixture.BackUpAsync(access));
        DatabaseFinding finding = Assert.Single(await fixture.Engine.TestAsync(access, CancellationToken.None));

        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, refused.Kind);
        Assert.True(finding.IsError);
        Assert.Equal("Login", finding.Check);
        Assert.DoesNotContain("hush", refused + finding.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said()
    {
        DatabaseAccess access = new(
            new DatabaseDefinition
            {
                Name = "main",
                Engine = DatabaseEngine.MySql,
                Mode = DatabaseMode.Logical,
                ConnectionString = "Server=127.0.0.1;Port=1;User ID=x",
            },
            null,
            TimeProvider.System);

        DatabaseFinding finding = Assert.Single(await new MySqlEngine().TestAsync(access, CancellationToken.None));

        Assert.Equal("Connection", finding.Check);
        Assert.Contains("127.0.0.1:1", finding.Message);
    }

    [Fact]
    public async Task Each_missing_right_comes_with_its_grant_and_these_are_enough()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute(Objects);
        fixture.Server.CreateUser("bk", "b");
        DatabaseAccess access = fixture.Access(user: "bk", password: "b");

        DatabaseFinding[] findings = [.. await fixture.Engine.TestAsync(access, CancellationToken.None)];
        DatabaseFinding[] rights = [.. findings.Where(static finding => finding.Check == "Privilege")];
        Assert.Contains("GRANT BINLOG MONITOR ON *.* TO 'bk'@'%';", rights.Select(static finding => finding.Guidance));
        Assert.Contains("GRANT REPLICATION SLAVE ON *.* TO 'bk'@'%';", rights.Select(static finding => finding.Guidance));
        await Assert.ThrowsAsync<BackupException>(() => fixture.BackUpAsync(access));

        foreach (DatabaseFinding finding in rights)
        {
            fixture.Server.Execute(finding.Guidance!);
        }

        Assert.DoesNotContain(await fixture.Engine.TestAsync(access, CancellationToken.None), static finding => finding.Check == "Privilege");
        DiskContent content = await fixture.BackUpAsync(access);
        Assert.Empty(content.Facts.Warnings);
        Assert.NotEmpty(content.Facts.Fingerprints);
    }

    [Fact]
    public async Task A_server_without_a_log_is_backed_up_and_said()
    {
        using MariaDbFixture fixture = new("--skip-log-bin");
        fixture.Server.Execute("CREATE DATABASE app; CREATE TABLE app.t (n INT)");

        DiskContent content = await fixture.BackUpAsync();

        Assert.Null(content.Facts.MySql!.LogFile);
        Assert.Contains(
            await fixture.Engine.TestAsync(fixture.Access(), CancellationToken.None),
            static finding => finding.Message.Contains("no binary log", StringComparison.Ordinal));
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => fixture.RestoreAsync(
            content, new() { Destination = fixture["new"], Target = RecoveryTarget.Latest }));
        Assert.Equal(BackupErrorKind.RecoveryTargetUnreachable, refused.Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task However_a_dump_arrives_its_parts_are_the_dump(int step)
    {
        string dump = "-- head\n\n-- CHANGE MASTER TO MASTER_LOG_FILE='m-bin.000002', MASTER_LOG_POS=601;\n\n--\n"
            + "-- Current Database: `a`\n--\nUSE `a`;\n" + new string('x', 9000) + "\nDELIMITER ;;\n-- Current Database: `b`\nDELIMITER ;\n"
            + "-- Current Database: `b`\nUSE `b`;\n-- Current Database: `c`\n-- Current Database: `a`\nviews\n-- Dump completed";
        using TemporaryFolder folder = new();
        DumpSplitter splitter = new(new DiskFolderWriter(folder.Path), ["a", "b"]);
        int heads = 0;

        await splitter.RunAsync(
            new SteppedStream(Encoding.ASCII.GetBytes(dump), step),
            () =>
            {
                heads++;
                Assert.Equal(("m-bin.000002", 601), splitter.LogPosition);
                return Task.CompletedTask;
            },
            CancellationToken.None);

        Assert.Equal(1, heads);
        Assert.True(splitter.IsComplete);
        Assert.Equal(["begin.sql", "a.sql", "b.sql", "a.views.sql"], splitter.Sections.Select(static section => section.File));
        Assert.Equal(dump, string.Concat(splitter.Sections.Select(section => File.ReadAllText(folder[section.File]))));
        Assert.Contains("`c`", File.ReadAllText(folder["b.sql"]));
    }

    /// <summary>Gives so many bytes at a time.</summary>
    private sealed class SteppedStream(byte[] content, int step) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
