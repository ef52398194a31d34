using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Chunking;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Repositories;

public sealed class RepositoryTests
{
    private readonly MemoryObjectStore _store = new();

    [Fact]
    public async Task A_new_repository_has_a_key_and_a_config_and_opens_with_its_password()
    {
        Repository created = await CreateAsync(polynomial: null);

        Repository opened = await Repository.OpenAsync(
            _store, RepositoryFixture.PasswordBytes, new RepositoryOptions(), CancellationToken.None);

        Assert.Equal(created.Config, opened.Config);
        Assert.True(opened.Config.Polynomial.IsIrreducible);
        IAsyncEnumerable<string> keys =
            _store.ListAsync(string.Empty, CancellationToken.None).Select(item => item.Key).Order();
        Assert.Equal(["config", $"keys/{created.KeyId}"], await keys.ToListAsync());
    }

    [Fact]
    public async Task The_config_is_spelled_as_restic_spells_it()
    {
        RabinPolynomial polynomial = RabinPolynomial.Parse("343242029632ef");

        RepositoryConfig config = (await CreateAsync(polynomial)).Config;

        Assert.Equal(
            $$"""{"version":2,"id":"{{config.Id}}","chunker_polynomial":"343242029632ef"}""",
            Encoding.UTF8.GetString(config.Encode()));
        Assert.Equal(config, RepositoryConfig.Decode(config.Encode()));
    }

    [Theory]
    [InlineData("", BackupErrorKind.RepositoryDamaged)]
    [InlineData("null", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":2,"chunker_polynomial":"343242029632ef"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":2,"id":"ID"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":2,"id":"ID","chunker_polynomial":null}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"version":null,"id":"ID"}""", BackupErrorKind.RepositoryDamaged)]
    [InlineData("""{"id":"ID"}""", BackupErrorKind.RepositoryVersionUnsupported)]
    [InlineData("""{"version":3}""", BackupErrorKind.RepositoryVersionUnsupported)]
    public void Something_else_than_a_config_is_refused(string json, BackupErrorKind kind)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json.Replace("ID", ObjectId.Random().ToString()));

        Assert.Equal(kind, Assert.Throws<BackupException>(() => RepositoryConfig.Decode(bytes)).Kind);
    }

    [Fact]
    public async Task A_second_repository_is_not_made_over_the_first()
    {
        await CreateAsync(polynomial: null);

        await FailsAsync(BackupErrorKind.RepositoryExists);
    }

    [Fact]
    public async Task A_creation_that_was_cut_off_before_the_config_can_be_done_again()
    {
        Repository first = await CreateAsync(polynomial: null);
        await _store.DeleteAsync("config", CancellationToken.None);

        Repository second = await CreateAsync(polynomial: null);

        Assert.NotEqual(first.KeyId, second.KeyId);
        Assert.Null(await _store.GetSizeAsync($"keys/{first.KeyId}", CancellationToken.None));
        await Repository.OpenAsync(
            _store, RepositoryFixture.PasswordBytes, new RepositoryOptions(), CancellationToken.None);
    }

    [Fact]
    public async Task A_repository_is_not_made_among_foreign_files()
    {
        await _store.PutAsync("holiday.jpg", new byte[1], CancellationToken.None);

        await FailsAsync(BackupErrorKind.RepositoryForeign);
    }

    private async Task FailsAsync(BackupErrorKind kind) => Assert.Equal(
        kind, (await Assert.ThrowsAsync<BackupException>(() => CreateAsync(polynomial: null))).Kind);

    private Task<Repository> CreateAsync(RabinPolynomial? polynomial) => Repository.CreateAsync(
        _store,
        RepositoryFixture.PasswordBytes,
        polynomial,
        new RepositoryOptions(),
        TimeProvider.System,
        CancellationToken.None);
}
