using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Postgres;
using BackupModule.Core.Diagnostics;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class PostgresAddressTests
{
    [Fact]
    public void An_address_says_what_the_driver_is_told()
    {
        NpgsqlConnectionStringBuilder settings = Settings(
            "postgres://back%40up@db.example.org:6543/fleet%2Fone?sslmode=verify-full&sslrootcert=/etc/ca%20s.pem"
            + "&sslcert=/c&sslkey=/k&passfile=/p&connect_timeout=7&application_name=x");

        Assert.Equal("back@up", settings.Username);
        Assert.Equal("db.example.org", settings.Host);
        Assert.Equal(6543, settings.Port);
        Assert.Equal("fleet/one", settings.Database);
        Assert.Equal(SslMode.VerifyFull, settings.SslMode);
        Assert.Equal(("/etc/ca s.pem", "/c", "/k"), (settings.RootCertificate, settings.SslCertificate, settings.SslKey));
        Assert.Equal(("/p", 7, "x"), (settings.Passfile, settings.Timeout, settings.ApplicationName));
        Assert.Null(settings.Password);
        Assert.Equal("a;b='c", new NpgsqlConnectionStringBuilder(
            PostgresAddress.Parse("postgres://u@h/d").ConnectionString("a;b='c")).Password);
    }

    [Fact]
    public void What_is_left_out_is_as_usual()
    {
        NpgsqlConnectionStringBuilder settings = Settings("postgresql://server/db");

        Assert.Null(settings.Username);
        Assert.Equal(5432, settings.Port);
        Assert.Equal("/run/postgresql", Settings("postgres:///db?host=/run/postgresql").Host);
    }

    [Theory]
    [InlineData("postgres://u@server:6543/db?sslmode=require", "postgres://u@server:6543/db")]
    [InlineData("postgresql://server:5432/db", "postgres://server/db")]
    public void People_are_shown_the_address_without_options(string address, string shown) =>
        Assert.Equal(shown, PostgresAddress.Parse(address).ToString());

    [Theory]
    [InlineData("postgres://server", "host and database")]
    [InlineData("postgres:///db", "host and database")]
    [InlineData("postgres://server/db?sslmode=maybe", "maybe")]
    [InlineData("postgres://server/db?connect_timeout=soon", "connect_timeout")]
    [InlineData("postgres://server/db?connect_timeout=0", "connect_timeout")]
    [InlineData("postgres://server/db?options=-c", "options")]
    [InlineData("postgres://ser ver:x/db", "no address")]
    [InlineData("postgres://u:secret@server/db", "password")]
    [InlineData("postgres://u:@server/db", "password")]
    [InlineData("postgres://server/db?Password=secret", "password")]
    [InlineData("postgres://server/db?options=x&password=secret", "options")]
    public void An_address_that_makes_no_sense_is_refused_with_the_reason(string address, string reason)
    {
        BackupException failure = Assert.Throws<BackupException>(() => PostgresAddress.Parse(address));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(reason, failure.Message);
        Assert.DoesNotContain("secret", failure.ToString());
        Assert.NotNull(failure.Guidance);
    }

    [Fact]
    public void Whoever_puts_the_password_into_the_address_is_told_where_else()
    {
        BackupException failure = Assert.Throws<BackupException>(() => PostgresAddress.Parse("postgres://u:pw@server/db"));

        Assert.Contains(BackupHome.CatalogPasswordVariable, failure.Guidance);
        Assert.Contains("PGPASSFILE", failure.Guidance);
    }

    private static NpgsqlConnectionStringBuilder Settings(string address) =>
        new(PostgresAddress.Parse(address).ConnectionString(password: null));
}
