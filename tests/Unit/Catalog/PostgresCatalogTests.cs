using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Postgres;
using BackupModule.Core.Catalog.Schedules;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Tests.Servers;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Catalog;

/// <summary>The catalog on a real PostgreSQL server.</summary>
public sealed class PostgresCatalogTests : CatalogConformance, IClassFixture<PostgresServer>
{
    private const string Search = $"SET search_path TO {PostgresSchema.Name}; ";

    private readonly PostgresServer _server;
    private readonly string _database;

    public PostgresCatalogTests(PostgresServer server)
    {
        _server = server;
        _database = server.CreateDatabase();
    }

    protected override ICatalog Catalog => Open(_server.AddressOf(_database));

    protected override IReadOnlyDictionary<string, string> ProcessEnvironment => new Dictionary<string, string>
    {
        [BackupHome.CatalogVariable] = _server.AddressOf(_database),
        [BackupHome.CatalogPasswordVariable] = _server.PasswordReference.Text,
    };

    [Fact]
    public async Task Looking_makes_nothing_on_the_server()
    {
        Assert.Empty(await Catalog.ListRunsAsync(new(), CancellationToken.None));

        Assert.Equal(0L, _server.Read<long>(_database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'backupmodule'"));
    }

    [Fact]
    public async Task A_lease_is_reckoned_by_the_server_s_clock()
    {
        ScheduleLease lease = (await Catalog.ClaimAsync("me", "shop", TimeSpan.FromHours(1), CancellationToken.None))!;

        Assert.True(_server.Read<bool>(
            _database,
            $"""
            SELECT '{lease.Until:O}'::timestamptz - clock_timestamp() BETWEEN interval '59 minutes' AND interval '60 minutes'
            """));
    }

    [Fact]
    public async Task A_claim_passes_over_a_policy_that_somebody_is_changing()
    {
        await Catalog.SetDueAsync("first", DateTimeOffset.UnixEpoch, [], CancellationToken.None);
        await Catalog.SetDueAsync("second", DateTimeOffset.UnixEpoch.AddDays(1), [], CancellationToken.None);
        using NpgsqlConnection other = _server.Open(_database);
        using NpgsqlTransaction transaction = other.BeginTransaction();
        using NpgsqlCommand command = new(
            "SELECT 1 FROM backupmodule.schedules WHERE policy_name = 'first' FOR UPDATE", other, transaction);
        command.ExecuteNonQuery();

        ScheduleLease? lease = await Catalog.ClaimDueAsync(
            "me",
            ["first", "second"],
            DateTimeOffset.UnixEpoch.AddDays(2),
            TimeSpan.FromMinutes(1),
            CancellationToken.None);

        Assert.Equal("second", lease?.PolicyName);
    }

    [Fact]
    public async Task A_connection_that_the_server_cut_meanwhile_is_no_failure()
    {
        ICatalog catalog = Catalog;
        await catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        _server.Execute(
            "postgres", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_database}'");

        Assert.Single(await catalog.ListRepositoriesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_by_one_of_many()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        CatalogMigration next = new(
            PostgresSchema.Migrations[^1].Version + 1,
            "ALTER TABLE repositories ADD COLUMN note text NOT NULL DEFAULT 'none'");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Open(_server.AddressOf(_database), next).ListRepositoriesAsync(CancellationToken.None))));

        Assert.Equal("none", Read("SELECT note FROM repositories"));
        await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable, () => Catalog.ListRepositoriesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_catalog_as_it_was()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        CatalogMigration bad = new(
            PostgresSchema.Migrations[^1].Version + 1, "CREATE TABLE half (x text); INSERT INTO nowhere VALUES (1);");

        await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Open(_server.AddressOf(_database), bad).ListRepositoriesAsync(CancellationToken.None));

        Assert.Single(await Catalog.ListRepositoriesAsync(CancellationToken.None));
        Assert.Equal(0L, _server.Read<long>(_database, "SELECT count(*) FROM pg_class WHERE relname = 'half'"));
    }

    [Fact]
    public async Task A_schema_of_another_program_is_left_alone()
    {
        _server.Execute(_database, "CREATE SCHEMA backupmodule; CREATE TABLE backupmodule.customers (name text)");

        await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None));

        Assert.Equal(
            1L,
            _server.Read<long>(
                _database,
                "SELECT count(*) FROM pg_class WHERE relnamespace = 'backupmodule'::regnamespace AND relkind = 'r'"));
    }

    [Fact]
    public async Task A_user_needs_a_schema_of_its_own_and_no_more()
    {
        string user = "plain_" + _database;
        _server.Execute(_database, $"CREATE USER {user} PASSWORD '{_server.Password}'");
        string address = _server.AddressOf(_database, user, string.Empty);
        BackupException refused = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Open(address).AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None));
        Assert.Contains("CREATE SCHEMA backupmodule AUTHORIZATION", refused.Guidance);

        _server.Execute(_database, $"CREATE SCHEMA backupmodule AUTHORIZATION {user}");
        await Open(address).AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);

        Assert.Single(await Open(address).ListRepositoriesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_whose_certificate_is_trusted_is_reached_over_TLS()
    {
        string options = $"?sslmode=verify-full&sslrootcert={_server.CertificateFile}";

        await Open(_server.AddressOf(_database, options))
            .AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);

        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Open(_server.AddressOf(_database, "?sslmode=verify-full")).ListRepositoriesAsync(CancellationToken.None));
        Assert.Contains("certificate", failure.Guidance);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task What_keeps_the_catalog_away_is_said_with_what_to_do()
    {
        await AssertUnavailableAsync(Open(_server.AddressOf("nowhere")), "createdb", isTransient: false);
        await AssertUnavailableAsync(
            new PostgresCatalog(_server.AddressOf(_database), SecretReference.Parse("env:PATH")),
            BackupHome.CatalogPasswordVariable,
            isTransient: false);
        await AssertUnavailableAsync(
            new PostgresCatalog("postgres://tester@127.0.0.1:9/db", _server.PasswordReference), "runs", isTransient: true);
        _server.Execute("postgres", $"ALTER DATABASE {_database} SET default_transaction_read_only = on");
        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable,
            () => Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None));
        Assert.Contains("primary", failure.Guidance);
    }

    protected override void ElapseLeases() =>
        Execute("UPDATE schedules SET lease_until = '2000-01-01T00:00:00.0000000Z' WHERE runner IS NOT NULL");

    protected override void Execute(string sql) => _server.Execute(_database, Search + sql);

    protected override string Read(string sql) => _server.Read<string>(_database, Search + sql);

    // The server has connections for few databases at once.
    protected override void Dispose(bool disposing)
    {
        NpgsqlConnection.ClearAllPools();
        base.Dispose(disposing);
    }

    private static async Task AssertUnavailableAsync(PostgresCatalog catalog, string guidance, bool isTransient)
    {
        BackupException failure = await AssertFailsAsync(
            BackupErrorKind.CatalogUnavailable, () => catalog.ListRepositoriesAsync(CancellationToken.None));
        Assert.Contains(guidance, failure.Guidance);
        Assert.Contains(catalog.Location, failure.Message);
        Assert.Equal(isTransient, failure.IsTransient);
    }

    private PostgresCatalog Open(string address, params CatalogMigration[] further) => new(
        PostgresAddress.Parse(address),
        _server.PasswordReference,
        [.. PostgresSchema.Migrations, .. further],
        TimeProvider.System);
}
