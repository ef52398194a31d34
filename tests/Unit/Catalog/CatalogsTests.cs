using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class CatalogsTests
{
    [Fact]
    public void A_path_is_a_file_and_an_address_is_a_server()
    {
        Assert.IsType<SqliteCatalog>(Catalogs.Open(Home("/srv/catalog.db")));
        Assert.IsType<PostgresCatalog>(Catalogs.Open(Home("postgres://backup@server/db")));
        Assert.Equal(
            "postgres://backup@server/db",
            Catalogs.Open(Home("PostgreSQL://backup@server/db?sslmode=require")).Location);
    }

    [Theory]
    [InlineData("mysql://user:hunter2@server/db", BackupErrorKind.LocationUnsupported)]
    [InlineData("postgres://user:hunter2@server/db", BackupErrorKind.InvalidArgument)]
    [InlineData("postgresql://server/db?user=x&password=hunter2", BackupErrorKind.InvalidArgument)]
    public void An_address_that_is_refused_is_not_repeated(string address, BackupErrorKind kind)
    {
        BackupException failure = Assert.Throws<BackupException>(() => Catalogs.Open(Home(address)));

        Assert.Equal(kind, failure.Kind);
        Assert.DoesNotContain("hunter2", failure.ToString() + failure.Guidance);
    }

    [Fact]
    public void A_password_in_the_place_of_its_reference_is_refused_and_not_repeated()
    {
        BackupException failure = Assert.Throws<BackupException>(
            () => Catalogs.Open(Home("postgres://backup@server/db") with { CatalogPassword = "hunter2" }));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(BackupHome.CatalogPasswordVariable, failure.Message);
        Assert.DoesNotContain("hunter2", failure.ToString() + failure.Guidance);
    }

    private static BackupHome Home(string catalog) => new("/srv", catalog, "/srv/cache");
}
