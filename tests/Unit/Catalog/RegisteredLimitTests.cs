using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class RegisteredLimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_limit_is_the_one_that_is_registered_at_the_moment()
    {
        SqliteCatalog catalog = new(_folder["catalog.db"]);
        RegisteredLimit limit = new(new SqliteCatalog(_folder["catalog.db"]), "Main");
        RegisteredRepository repository = Registrations.Make("Main");
        Assert.Null(await ReadAsync());

        await catalog.AddRepositoryAsync(repository, CancellationToken.None);
        Assert.Equal(BandwidthLimit.Unlimited.Text, await ReadAsync());

        await catalog.UpdateRepositoryAsync(
            "Main",
            repository with { Store = new StoreSettings { BandwidthLimit = "5MB" } },
            CancellationToken.None);
        Assert.Equal("5MB", await ReadAsync());

        await File.WriteAllTextAsync(_folder["catalog.db"], new string('x', 10_000), TestContext.Current.CancellationToken);
        Assert.Null(await ReadAsync());

        async Task<string?> ReadAsync() => (await limit.ReadAsync(CancellationToken.None))?.Text;
    }
}
