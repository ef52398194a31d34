using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.PostgreSql.Logical;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Tests.Servers;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

public sealed class LogicalBackupTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    // Types whose text depends on settings, expressions that a server prints differently after a restore, and names that need quotes.
    private const string Shop = """
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE SCHEMA "Sales dept";
        CREATE TABLE customers (id bigserial PRIMARY KEY, name text NOT NULL, state varchar(9) DEFAULT 'new'
          CHECK (state IN ('new', 'old')), seen timestamptz, price numeric(9,2), raw bytea, took interval, feels mood, score float8);
        CREATE TABLE "Sales dept"."order" (id int PRIMARY KEY, customer bigint REFERENCES customers, note text);
        CREATE INDEX ON customers ((lower(name) || state::text)) WHERE state IN ('new', 'old');
        CREATE VIEW fresh AS SELECT c.id, c.name FROM customers c LEFT JOIN "Sales dept"."order" o ON o.customer = c.id
          WHERE c.state IN ('new', 'old');
        CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT 2 * x';
        CREATE UNLOGGED TABLE cache (x int);
        CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        ALTER TABLE customers ADD COLUMN gone int; ALTER TABLE customers DROP COLUMN gone;
        INSERT INTO customers (name, seen, price, raw, took, feels, score) SELECT 'name ' || n, now() - n * interval '1 hour', n / 7.0,
          decode(md5(n::text), 'hex'), n * interval '1 day', 'ok', n / 3.0 FROM generate_series(1, 3000) n;
        INSERT INTO "Sales dept"."order" SELECT n, n, repeat('x', n % 50) FROM generate_series(1, 500) n;
        INSERT INTO events SELECT '2026-01-01'::date + n % 300, 'e' || n FROM generate_series(1, 700) n;
        INSERT INTO cache VALUES (1);
        """;

    private readonly RecordingObserver _observer = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<Secret> _secrets = [];

    public void Dispose()
    {
        _secrets.ForEach(static secret => secret.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task A_database_restored_under_a_new_name_holds_what_was_dumped_while_others_wrote()
    {
        string shop = MakeShop();
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() => WriteAsync(shop, stop.Token), CancellationToken.None);

        DumpFolder backup = await DumpAsync(Access(shop));
        await stop.CancelAsync();
        await writing;
        long now = server.Read<long>(shop, "SELECT count(*) FROM customers");
        DatabaseRestoreResult result = await RestoreAsync(Access(shop), new() { Database = shop }, backup);

        DumpedDatabase dump = Assert.Single(backup.Facts.Logical!.Databases);
        Assert.Equal($"{shop}_restored_{dump.ConsistentAt.UtcDateTime:yyyyMMddHHmm}", Assert.Single(result.Databases));
        DatabaseCheck check = Assert.Single(result.Checks);
        Assert.True(check.Passed, check.Message);
        DatabaseFingerprint stored = Assert.Single(backup.Facts.Fingerprints);
        Assert.Equal(
            ["Sales dept.order", "public.customers", "public.events_2026"], stored.Tables.Select(static table => table.Name));
        Assert.All(stored.Tables, static table => Assert.NotNull(table.Checksum));
        long dumped = stored.Tables[1].Rows!.Value;
        Assert.InRange(dumped, 3000, now - 1);
        Assert.Equal(dumped, server.Read<long>(result.Databases[0], "SELECT count(*) FROM customers"));
        Assert.Contains("CREATE ROLE tester", Encoding.UTF8.GetString(backup["globals.sql"]), StringComparison.Ordinal);
        Assert.Equal(["create", "load", "check"], result.Phases.Select(static phase => phase.Name));
    }

    [Theory]
    [InlineData("UPDATE customers SET name = 'other' WHERE id = 7", "the rows of the table public.customers differ")]
    [InlineData("DELETE FROM events WHERE what = 'e3'", "the table public.events_2026 has 699 rows in place of 700")]
    [InlineData("DROP VIEW fresh", "definitions")]
    [InlineData("ALTER TABLE customers ALTER COLUMN state SET DEFAULT 'old'", "definitions")]
    [InlineData("CREATE TABLE more (x int)", "the table public.more is not in the backup")]
    public async Task What_differs_from_the_fingerprint_is_named(string change, string words)
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));
        server.Execute(shop, change);
        DumpFolder changed = await DumpAsync(Access(shop));

        IReadOnlyList<string> differences = FingerprintComparer.Compare(backup.Facts.Fingerprints[0], changed.Facts.Fingerprints[0]);

        Assert.Contains(differences, difference => difference.Contains(words, StringComparison.Ordinal));
        Assert.Empty(FingerprintComparer.Compare(
            changed.Facts.Fingerprints[0], (await DumpAsync(Access(shop))).Facts.Fingerprints[0]));
    }

    [Fact]
    public async Task A_table_and_a_schema_are_restored_alone()
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));

        DatabaseRestoreResult one = await RestoreAsync(
            Access(shop), new() { Database = shop, NewName = shop + "_one", Tables = ["public.events", "public.events_2026"] }, backup);
        DatabaseRestoreResult schema = await RestoreAsync(
            Access(shop), new() { Database = shop, NewName = shop + "_tables", Tables = ["Sales dept.order"] }, backup);

        Assert.True(Assert.Single(one.Checks).Passed, one.Checks[0].Message);
        Assert.Equal(700, server.Read<long>(shop + "_one", "SELECT count(*) FROM events_2026"));
        Assert.Equal(2, server.Read<long>(shop + "_one", Tables));
        Assert.True(Assert.Single(schema.Checks).Passed, schema.Checks[0].Message);
        Assert.Equal(500, server.Read<long>(shop + "_tables", "SELECT count(*) FROM \"Sales dept\".\"order\""));
        Assert.Equal(1, server.Read<long>(shop + "_tables", Tables));
    }

    [Fact]
    public async Task A_whole_schema_is_restored_in_place_and_the_rest_stays()
    {
        string shop = MakeShop();
        server.Execute(shop, "ALTER TABLE \"Sales dept\".\"order\" DROP CONSTRAINT order_customer_fkey; DROP VIEW fresh");
        DumpFolder backup = await DumpAsync(Access(shop));
        server.Execute(shop, "DELETE FROM \"Sales dept\".\"order\"; UPDATE customers SET name = 'mine'");

        DatabaseRestoreResult result = await RestoreAsync(
            Access(shop), new() { Database = shop, IsInPlace = true, Schemas = ["Sales dept"] }, backup);

        Assert.Equal([shop], result.Databases);
        Assert.True(Assert.Single(result.Checks).Passed, result.Checks[0].Message);
        Assert.Equal(500, server.Read<long>(shop, "SELECT count(*) FROM \"Sales dept\".\"order\""));
        Assert.Equal("mine", server.Read<string>(shop, "SELECT name FROM customers LIMIT 1"));
    }

    [Fact]
    public async Task A_database_is_put_in_the_place_of_the_live_one_only_where_that_is_said()
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));
        server.Execute(shop, "DELETE FROM customers WHERE id > 600");

        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => RestoreAsync(Access(shop), new() { Database = shop, NewName = shop }, backup));
        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, refused.Kind);
        Assert.Equal(600, server.Read<long>(shop, "SELECT count(*) FROM customers"));

        DatabaseRestoreResult result = await RestoreAsync(Access(shop), new() { Database = shop, IsInPlace = true }, backup);

        Assert.True(Assert.Single(result.Checks).Passed, result.Checks[0].Message);
        Assert.Equal(3000, server.Read<long>(shop, "SELECT count(*) FROM customers"));
    }

    [Fact]
    public async Task A_restore_in_place_that_fails_leaves_the_database_as_it_was()
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));
        server.Execute(shop, "CREATE TABLE keeps (id bigint REFERENCES customers); DELETE FROM events");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RestoreAsync(Access(shop), new() { Database = shop, IsInPlace = true }, backup));

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, failure.Kind);
        Assert.Contains("customers", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Read<long>(shop, "SELECT count(*) FROM events"));
        Assert.Equal(3000, server.Read<long>(shop, "SELECT count(*) FROM customers"));
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused()
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));

        await RefusesAsync(BackupErrorKind.InvalidArgument, new() { Database = "nothing" });
        await RefusesAsync(BackupErrorKind.InvalidArgument, new() { NewName = "all" });
        await RefusesAsync(BackupErrorKind.InvalidArgument, new() { Database = shop, Tables = ["customers"] });
        await RefusesAsync(BackupErrorKind.InvalidArgument, new() { Database = shop, IsInPlace = true, NewName = "other" });
        await RefusesAsync(BackupErrorKind.RecoveryTargetUnreachable, new() { Database = shop, Target = RecoveryTarget.Latest });

        async Task RefusesAsync(BackupErrorKind kind, DatabaseRestoreRequest request) => Assert.Equal(
            kind, (await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(Access(shop), request, backup))).Kind);
    }

    [Fact]
    public async Task A_damaged_dump_is_an_error_that_names_what_is_left()
    {
        string shop = MakeShop();
        DumpFolder backup = await DumpAsync(Access(shop));
        DumpedDatabase dump = backup.Facts.Logical!.Databases[0];
        DumpFolder damaged = backup.With(backup.Facts with
        {
            Logical = backup.Facts.Logical with { Databases = [dump with { File = "globals.sql" }] },
        });

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => RestoreAsync(Access(shop), new() { Database = shop, NewName = shop + "_damaged" }, damaged));

        Assert.Equal(BackupErrorKind.DatabaseRestoreFailed, failure.Kind);
        Assert.Contains("pg_restore", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{shop}_damaged\"", failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_databases_are_dumped_and_strange_names_survive()
    {
        string name = "a/b=c 'd' %é";
        server.Execute("postgres", $"CREATE DATABASE \"{name}\"");
        try
        {
            server.Execute(name, "CREATE TABLE t (x int); INSERT INTO t VALUES (1)");

            DumpFolder backup = await DumpAsync(Access("postgres") with { Definition = Define("postgres") with { Databases = [] } });
            DatabaseRestoreResult result = await RestoreAsync(Access("postgres"), new() { Database = name }, backup);

            Assert.Contains("postgres", backup.Facts.Logical!.Databases.Select(static dump => dump.Name));
            Assert.Contains("dumps/a%2Fb%3Dc%20%27d%27%20%25é.dump", backup.Files);
            Assert.True(Assert.Single(result.Checks).Passed, result.Checks[0].Message);
            Assert.Equal(1, server.Read<int>(result.Databases[0], "SELECT x FROM t"));
        }
        finally
        {
            server.Execute("postgres", $"DROP DATABASE \"{name}\"");
        }
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_not_repeated()
    {
        DatabaseAccess access = Access("postgres") with { Password = Keep("hunter22") };

        DatabaseFinding finding = Assert.Single(await LogicalCheck.TestAsync(access, CancellationToken.None));
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => DumpAsync(access));

        Assert.Equal(("Login", true), (finding.Check, finding.IsError));
        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, failure.Kind);
        Assert.DoesNotContain("hunter22", failure.ToString() + finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_said()
    {
        DatabaseAccess access = Access("postgres") with
        {
            Definition = Define("postgres") with { ConnectionString = "Host=127.0.0.1;Port=1;Username=backup" },
        };

        DatabaseFinding finding = Assert.Single(await LogicalCheck.TestAsync(access, CancellationToken.None));

        Assert.Equal(("Connection", true), (finding.Check, finding.IsError));
    }

    [Fact]
    public async Task Each_missing_right_is_named_with_the_statement_that_grants_it()
    {
        string shop = MakeShop();
        server.Execute(shop, "ALTER TABLE customers ENABLE ROW LEVEL SECURITY; SELECT lo_create(4711)");
        server.Execute("postgres", $"CREATE ROLE \"back up\" LOGIN PASSWORD 'pw'; REVOKE CONNECT ON DATABASE {shop} FROM PUBLIC");
        try
        {
            DatabaseAccess access = Access(shop, "back up", "pw") with
            {
                Definition = Define(shop, "back up", main: "postgres") with { Databases = [shop] },
            };

            List<string> granted = [];
            while (LogicalCheck.ToError(await LogicalCheck.TestAsync(access, CancellationToken.None)) is { } error)
            {
                Assert.Equal(BackupErrorKind.DatabaseAccessDenied, error.Kind);
                Assert.Equal(
                    error.Kind, (await Assert.ThrowsAsync<BackupException>(() => DumpAsync(access))).Kind);
                Assert.DoesNotContain(error.Guidance, granted);
                granted.Add(error.Guidance!);
                server.Execute(shop, error.Guidance!.Replace("and the same for the others.", string.Empty, StringComparison.Ordinal));
            }

            Assert.Equal(
                [
                    $"GRANT CONNECT ON DATABASE \"{shop}\" TO \"back up\";",
                    "GRANT pg_read_all_data TO \"back up\";",
                    "ALTER ROLE \"back up\" BYPASSRLS;",
                    "GRANT SELECT ON LARGE OBJECT 4711 TO \"back up\"; and the same for the others.",
                ],
                granted);
            DumpFolder backup = await DumpAsync(access);
            Assert.Equal(3000, backup.Facts.Fingerprints[0].Tables[1].Rows);

            BackupException cannot = await Assert.ThrowsAsync<BackupException>(
                () => RestoreAsync(access, new() { Database = shop }, backup));
            Assert.Equal(
                (BackupErrorKind.DatabaseAccessDenied, "ALTER ROLE \"back up\" CREATEDB;"), (cannot.Kind, cannot.Guidance));
            server.Execute(shop, cannot.Guidance!);
            DatabaseRestoreResult result = await RestoreAsync(access, new() { Database = shop }, backup);
            Assert.Equal([null, true], result.Checks.Select(static check => check.Passed));
            server.Execute("postgres", $"DROP DATABASE \"{result.Databases[0]}\"");
        }
        finally
        {
            server.Execute(shop, "DROP OWNED BY \"back up\"");
            server.Execute("postgres", "DROP OWNED BY \"back up\"; DROP ROLE \"back up\"");
        }
    }

    [Fact]
    public async Task Programs_that_are_too_old_or_missing_are_named_with_what_is_needed()
    {
        string script = _folder["pg_dump"];
        File.WriteAllText(script, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n");
        Shell.Run("chmod 700 pg_dump", _folder.Path);
        DatabaseAccess access = Access("postgres") with { Definition = Define("postgres") with { ToolFolder = _folder.Path } };
        int major = server.Read<int>("postgres", "SELECT current_setting('server_version_num')::int / 10000");

        IReadOnlyList<DatabaseFinding> findings = await LogicalCheck.TestAsync(access, CancellationToken.None);
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => DumpAsync(access));

        Assert.All(findings, static finding => Assert.Equal(("Program", true), (finding.Check, finding.IsError)));
        Assert.Contains($"pg_dump of PostgreSQL {major} or newer", findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("9.6.24", findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(BackupErrorKind.DatabaseToolMissing, failure.Kind);
    }

    [Fact]
    public async Task A_program_that_fails_in_the_middle_makes_no_backup()
    {
        foreach (string name in new[] { "pg_dump", "pg_dumpall" })
        {
            File.WriteAllText(
                _folder[name],
                $"""
                #!/bin/sh
                case $1 in --version) echo '{name} (PostgreSQL) 99.1'; exit;; esac
                env | grep -q '^PGPASSWORD=' || exit 3
                echo half a dump
                echo '{name}: error: connection lost' >&2
                exit 1
                """);
            Shell.Run($"chmod 700 {name}", _folder.Path);
        }

        BackupException failure = await Assert.ThrowsAsync<BackupException>(() => DumpAsync(
            Access("postgres") with { Definition = Define("postgres") with { ToolFolder = _folder.Path } }));

        Assert.Equal(BackupErrorKind.DatabaseBackupFailed, failure.Kind);
        Assert.Contains("pg_dumpall: error: connection lost", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Password, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_killed_when_the_backup_is_stopped()
    {
        File.WriteAllText(_folder["pg_dump"], "#!/bin/sh\necho 'pg_dump (PostgreSQL) 99.1'\n");
        File.WriteAllText(
            _folder["pg_dumpall"],
            $"""
            #!/bin/sh
            case $1 in --version) echo 'pg_dumpall (PostgreSQL) 99.1'; exit;; esac
            echo $$ >'{_folder["pid.new"]}'
            mv '{_folder["pid.new"]}' '{_folder["pid"]}'
            exec sleep 600
            """);
        Shell.Run("chmod 700 pg_dump pg_dumpall", _folder.Path);
        using CancellationTokenSource stop = new();
        await using IDatabaseBackup backup = await LogicalBackup.BeginAsync(
            Access("postgres") with { Definition = Define("postgres") with { ToolFolder = _folder.Path } }, _observer, stop.Token);

        Task streaming = Task.Run(
            () => backup.StreamAsync(new DumpFolder { Facts = backup.Facts }, stop.Token), CancellationToken.None);
        while (!File.Exists(_folder["pid"]))
        {
            Assert.False(streaming.IsCompleted);
            await Task.Delay(10, CancellationToken.None);
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => streaming);
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(_folder["pid"]).Trim()));
    }

    [Fact]
    public async Task Several_databases_are_restored_together()
    {
        string[] shops = [MakeShop(), MakeShop()];
        DatabaseAccess access = Access(shops[0]) with { Definition = Define(shops[0]) with { Databases = shops } };
        DumpFolder backup = await DumpAsync(access);

        DatabaseRestoreResult result = await RestoreAsync(access, new(), backup);

        Assert.Equal(2, result.Databases.Count);
        Assert.All(result.Databases, name => Assert.Equal(3000, server.Read<long>(name, "SELECT count(*) FROM customers")));
        Assert.All(result.Checks, static check => Assert.True(check.Passed, check.Message));
    }

    [Fact]
    public async Task A_query_for_uploads_that_fails_is_a_warning()
    {
        string shop = MakeShop();

        DumpFolder backup = await DumpAsync(Access(shop) with
        {
            Definition = Define(shop) with { UploadQuery = "DELETE FROM customers RETURNING name" },
        });

        Assert.Null(backup.Facts.Uploads);
        Assert.Contains("read-only", Assert.Single(backup.Facts.Warnings), StringComparison.Ordinal);
        Assert.Equal(3000, server.Read<long>(shop, "SELECT count(*) FROM customers"));
    }

    private const string Tables =
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND nspname IN ('public', 'Sales dept')";

    private string MakeShop()
    {
        string shop = server.CreateDatabase();
        server.Execute(shop, Shop);
        return shop;
    }

    private async Task WriteAsync(string database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = server.Open(database);
        while (!cancellationToken.IsCancellationRequested)
        {
            await using NpgsqlCommand command = new("INSERT INTO customers (name) VALUES ('late')", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private Secret Keep(string password)
    {
        Secret secret = new(password);
        _secrets.Add(secret);
        return secret;
    }

    private DatabaseAccess Access(string database) => new(Define(database), Keep(server.Password), TimeProvider.System);

    private DatabaseAccess Access(string database, string user, string password) =>
        new(Define(database, user, database), Keep(password), TimeProvider.System);

    private DatabaseDefinition Define(string database, string user = "tester", string? main = null)
    {
        using NpgsqlConnection connection = server.Open("postgres");
        return new DatabaseDefinition
        {
            Name = "main",
            Engine = DatabaseEngine.PostgreSql,
            Mode = DatabaseMode.Logical,
            ConnectionString = $"Host={connection.Host};Port={connection.Port};Username={user};Database={main ?? database}",
            Databases = [database],
        };
    }

    private async Task<DumpFolder> DumpAsync(DatabaseAccess access) =>
        await DumpFolder.TakeAsync(await LogicalBackup.BeginAsync(access, _observer, CancellationToken.None));

    private Task<DatabaseRestoreResult> RestoreAsync(
        DatabaseAccess access, DatabaseRestoreRequest request, DumpFolder backup) =>
        LogicalRestorer.RestoreAsync(access, request, backup, _observer, CancellationToken.None);
}
