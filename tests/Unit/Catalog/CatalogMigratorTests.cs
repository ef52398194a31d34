using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Sql;
using BackupModule.Core.Catalog.Sqlite;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class CatalogMigratorTests : IDisposable
{
    // A catalog as version 1 left it; it stays as it is when the schema goes on.
    private const string Version1 =
        """
        CREATE TABLE repositories (
            name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, location TEXT NOT NULL, provider TEXT NOT NULL,
            repository_id TEXT NOT NULL, password_reference TEXT NULL, compression_level INTEGER NULL,
            options TEXT NOT NULL, registered_at TEXT NOT NULL) STRICT;
        CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
        INSERT INTO schema_version VALUES (1);
        INSERT INTO repositories VALUES ('old', '/srv/old', 'Local',
            'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'env:PW', 7, '{"region":"eu"}',
            '2026-05-04T03:02:01.2340000+02:00');
        """;

    private static readonly CatalogMigration Next = new(
        SqliteSchema.Migrations[^1].Version + 1,
        "ALTER TABLE repositories ADD COLUMN note TEXT NOT NULL DEFAULT 'none';");

    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "catalog.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_file_gets_the_newest_schema()
    {
        await File.WriteAllBytesAsync(FilePath, []);

        Assert.Empty(await Catalog().ListRepositoriesAsync(CancellationToken.None));
        await Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);

        Assert.Equal(SqliteSchema.Migrations[^1].Version, Read<long>("SELECT version FROM schema_version"));
    }

    [Fact]
    public async Task A_version_1_catalog_keeps_its_repositories()
    {
        Execute(Version1);

        RegisteredRepository repository = Assert.Single(
            await Catalog(Next).ListRepositoriesAsync(CancellationToken.None));

        Assert.Equal(
            new RegisteredRepository
            {
                Name = "old",
                Location = "/srv/old",
                RepositoryId = new string('a', 64),
                PasswordReference = "env:PW",
                CompressionLevel = 7,
                Store = new StoreSettings { Region = "eu" },
                RegisteredAt = new DateTimeOffset(2026, 5, 4, 3, 2, 1, 234, TimeSpan.FromHours(2)),
            },
            repository);
        Assert.Equal("none", Read<string>("SELECT note FROM repositories"));
        Assert.Equal(Next.Version, Read<long>("SELECT version FROM schema_version"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_catalog_as_it_was()
    {
        Execute(Version1);
        CatalogMigration bad = new(Next.Version + 1, "CREATE TABLE half (x TEXT); INSERT INTO nowhere VALUES (1);");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => Catalog(Next, bad).ListRepositoriesAsync(CancellationToken.None));

        Assert.Equal(BackupErrorKind.CatalogUnavailable, failure.Kind);
        Assert.Equal(1, Read<long>("SELECT version FROM schema_version"));
        Assert.Equal(0, Read<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
        Assert.Equal(0, Read<long>("SELECT count(*) FROM pragma_table_info('repositories') WHERE name = 'note'"));
    }

    [Fact]
    public async Task A_catalog_of_a_newer_module_is_left_alone()
    {
        await Catalog(Next).AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        byte[] before = await File.ReadAllBytesAsync(FilePath);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => Catalog().AddRepositoryAsync(Registrations.Make("other"), CancellationToken.None));

        Assert.Equal(BackupErrorKind.CatalogUnavailable, failure.Kind);
        Assert.Contains("Update the module", failure.Guidance);
        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath));
    }

    [Theory]
    [InlineData("CREATE TABLE customers (name TEXT)")]
    [InlineData("CREATE TABLE schema_version (version INTEGER)")]
    public async Task A_database_of_another_program_is_left_alone(string sql)
    {
        Execute(sql);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => Catalog().AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None));

        Assert.Equal(BackupErrorKind.CatalogUnavailable, failure.Kind);
        Assert.Equal(1, Read<long>("SELECT count(*) FROM sqlite_schema"));
    }

    private SqliteCatalog Catalog(params CatalogMigration[] further)
    {
        IReadOnlyList<CatalogMigration> migrations = [.. SqliteSchema.Migrations.Concat(further)];
        return new SqliteCatalog(FilePath, migrations, TimeProvider.System, TimeSpan.FromSeconds(30));
    }

    private void Execute(string sql)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private T Read<T>(string sql)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new($"Data Source={FilePath};Pooling=False");
        connection.Open();
        return connection;
    }
}
