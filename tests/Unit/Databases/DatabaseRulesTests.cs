using System;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Databases;

public sealed class DatabaseRulesTests
{
    private const string Postgres = "Host=127.0.0.1;Port=5432;Username=backup";

    [Theory]
    [InlineData(DatabaseEngine.PostgreSql, DatabaseMode.Physical, Postgres)]
    [InlineData(DatabaseEngine.PostgreSql, DatabaseMode.Logical, "Host=/run/postgresql;SSL Mode=VerifyFull;Passfile=/etc/pgpass")]
    [InlineData(DatabaseEngine.MySql, DatabaseMode.Logical, "Server=db;User ID=backup")]
    [InlineData(DatabaseEngine.SqlServer, DatabaseMode.Physical, "Data Source=db,1433;User ID=backup;Persist Security Info=false")]
    [InlineData(DatabaseEngine.SQLite, DatabaseMode.Physical, "Data Source=/srv/app.db;Mode=ReadOnly")]
    public void What_can_work_is_taken(DatabaseEngine engine, DatabaseMode mode, string connection) =>
        DatabaseRules.Validate(Make(engine, mode, connection));

    [Theory]
    [InlineData("Host=db;Password=hunter22")]
    [InlineData("Host=db;PWD=hunter22")]
    [InlineData("Host=db;pass_word=hunter22")]
    [InlineData("Host=db;SSL Password=hunter22")]
    [InlineData("postgres://backup:hunter22@db/shop")]
    [InlineData("Host=db;Port=hunter22")]
    [InlineData("Host=db;hunter22")]
    public void A_connection_string_with_a_password_is_refused_and_not_repeated(string connection)
    {
        BackupException failure = Assert.Throws<BackupException>(() =>
            DatabaseRules.Validate(Make(DatabaseEngine.PostgreSql, DatabaseMode.Physical, connection)));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.NotNull(failure.Guidance);
        Assert.DoesNotContain("hunter22", failure.ToString() + failure.Guidance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseEngine.PostgreSql, "Username=backup", "does not say where")]
    [InlineData(DatabaseEngine.MySql, "User ID=backup", "does not say where")]
    [InlineData(DatabaseEngine.SQLite, "Data Source=app.db", "not the full path")]
    [InlineData(DatabaseEngine.SQLite, "Data Source=:memory:", "not the full path")]
    [InlineData(DatabaseEngine.PostgreSql, "Host=db;Colour=red", "'colour'")]
    public void A_connection_string_that_leads_nowhere_is_refused(DatabaseEngine engine, string connection, string words) =>
        Refuses(words, Make(engine, DatabaseRules.DefaultMode(engine), connection));

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        DatabaseDefinition good = Make(DatabaseEngine.PostgreSql, DatabaseMode.Physical, Postgres);
        DatabaseDefinition server = Make(DatabaseEngine.SqlServer, DatabaseMode.Physical, "Server=db");

        Refuses("has no backups of the mode Logical", Make(DatabaseEngine.SQLite, DatabaseMode.Logical, "Data Source=/srv/a.db"));
        Refuses("has the whole server", good with { Databases = ["shop"] });
        Refuses("absolute path", good with { ToolFolder = "bin" });
        Refuses("absolute path", good with { UploadRoot = "up", UploadQuery = "SELECT 1" });
        Refuses("no query", good with { UploadRoot = "/srv/up" });
        Refuses("SQL Server alone", good with { ExchangePath = "/mnt/exchange" });
        Refuses("of SQL Server alone", good with { FullEvery = TimeSpan.FromDays(7) });
        Refuses("'-1.00:00:00' is no time", server with { FullEvery = TimeSpan.FromDays(-1) });
        Refuses("'00:00:00' is no time", server with { FullEvery = TimeSpan.Zero });
        DatabaseRules.Validate(server with { FullEvery = TimeSpan.FromDays(7) });
        Refuses("cannot be the name", good with { Name = "../up" });
        Refuses("not a secret reference", good with { PasswordReference = "hunter22" });
        DatabaseRules.Validate(good with { Mode = DatabaseMode.Logical, Databases = ["shop"], UploadQuery = "SELECT 1" });
    }

    [Fact]
    public void The_file_of_a_source_is_found_and_changed_under_any_of_its_names()
    {
        DatabaseDefinition source = Make(DatabaseEngine.SQLite, DatabaseMode.Physical, "Filename='a b.db';Mode=ReadOnly");

        Assert.Equal("a b.db", DatabaseRules.FileOf(source));
        Assert.Equal("/srv/a b.db", DatabaseRules.FileOf(DatabaseRules.WithFile(source, "/srv/a b.db")));
    }

    private static void Refuses(string words, DatabaseDefinition database) => Assert.Contains(
        words, Assert.Throws<BackupException>(() => DatabaseRules.Validate(database)).Message, StringComparison.Ordinal);

    private static DatabaseDefinition Make(DatabaseEngine engine, DatabaseMode mode, string connection) =>
        new() { Name = "main", Engine = engine, Mode = mode, ConnectionString = connection };
}
