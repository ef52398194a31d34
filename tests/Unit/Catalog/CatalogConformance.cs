using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Catalog;

/// <summary>What <see cref="ICatalog"/> guarantees, for every catalog to inherit. Each part of the contract has a file.
/// </summary>
public abstract partial class CatalogConformance : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.FromHours(2));

    /// <summary>Another view of the one catalog of the test, which nobody has written to yet.</summary>
    protected abstract ICatalog Catalog { get; }

    /// <summary>Names the catalog to processes that are started.</summary>
    protected abstract IReadOnlyDictionary<string, string> ProcessEnvironment { get; }

    /// <summary>Lets time pass by the catalog's clock until all leases have run out.</summary>
    protected abstract void ElapseLeases();

    /// <summary>Changes what the catalog stores behind its back.</summary>
    protected abstract void Execute(string sql);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    [Fact]
    public async Task An_empty_catalog_gives_nothing()
    {
        Assert.Empty(await Catalog.ListRepositoriesAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListFactsAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListPoliciesAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListRunsAsync(new(), CancellationToken.None));
        Assert.Empty(await Catalog.ListSchedulesAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListOpenAlertsAsync(CancellationToken.None));
        Assert.Empty(await Catalog.ListAlertsAsync(DateTimeOffset.MinValue, CancellationToken.None));
        Assert.Empty(await Catalog.ListChannelsAsync(CancellationToken.None));
        Assert.Null(await Catalog.FindRepositoryAsync("main", CancellationToken.None));
        Assert.Null(await Catalog.FindPolicyAsync("shop", CancellationToken.None));
        Assert.Null(await Catalog.FindRunAsync(string.Empty, CancellationToken.None));
        Assert.Null(await Catalog.FindChannelAsync("mail", CancellationToken.None));
    }

    [Fact]
    public async Task What_is_registered_is_found_again_by_any_spelling_of_its_name()
    {
        RegisteredRepository repository = Registrations.Make("Main") with
        {
            Provider = "AmazonS3",
            PasswordReference = "command:pass show 'backup'",
            CompressionLevel = 3,
            Role = RepositoryRole.Archive,
            Place = "a drawer, behind \"the\" books",
            CopyOf = new string('b', 64),
            AllowedLag = TimeSpan.FromDays(40.5),
            Store = new StoreSettings
            {
                Provider = StoreProvider.Wasabi,
                Endpoint = new Uri("https://s3.example.org:9000/"),
                Region = "eu",
                Addressing = StoreAddressing.VirtualHost,
                SecretKeyReference = "env:SECRET",
                Encryption = StoreEncryption.ManagedKey,
            },
        };
        await Catalog.AddRepositoryAsync(repository, CancellationToken.None);
        await Catalog.AddRepositoryAsync(Registrations.Make("also"), CancellationToken.None);

        RegisteredRepository? found = await Catalog.FindRepositoryAsync("mAIN", CancellationToken.None);
        Assert.Equal(repository, found);
        Assert.Equal(repository.RegisteredAt.Offset, found!.RegisteredAt.Offset);
        Assert.Null(await Catalog.FindRepositoryAsync("none", CancellationToken.None));
        Assert.Equal(
            ["also", "Main"],
            (await Catalog.ListRepositoriesAsync(CancellationToken.None)).Select(found => found.Name));
    }

    [Fact]
    public async Task The_last_event_of_each_kind_is_kept_for_each_repository()
    {
        string id = new('a', 64);
        RepositoryFact synced = new()
        {
            Kind = RepositoryFactKind.Synced,
            At = s_noon,
            Passed = false,
            NewestBackup = s_noon.AddDays(-2),
            NewestInSource = s_noon.AddDays(-1),
            Waiting = 3,
        };
        RepositoryFact verified = new() { Kind = RepositoryFactKind.Verified, At = synced.At.AddDays(1) };

        await Catalog.RecordFactAsync(id, synced with { Waiting = 9 }, CancellationToken.None);
        await Catalog.RecordFactAsync(id, verified, CancellationToken.None);
        await Catalog.RecordFactAsync(id, synced, CancellationToken.None);
        await Catalog.RecordFactAsync(new string('b', 64), verified, CancellationToken.None);

        ILookup<string, RepositoryFact> facts = await Catalog.ListFactsAsync(CancellationToken.None);
        Assert.Equal([synced, verified], facts[id].OrderBy(fact => fact.Kind));
        Assert.Equal([verified], facts[new string('b', 64)]);
    }

    [Fact]
    public async Task A_repository_s_new_id_takes_the_old_one_s_place_everywhere()
    {
        (string old, string other) = (new string('a', 64), new string('b', 64));
        RepositoryFact verified = new() { Kind = RepositoryFactKind.Verified, At = s_noon };
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        await Catalog.AddRepositoryAsync(
            Registrations.Make("copy") with { RepositoryId = new string('c', 64), CopyOf = old }, CancellationToken.None);
        await Catalog.RecordFactAsync(old, verified, CancellationToken.None);
        await Catalog.RecordFactAsync(other, verified with { Passed = false }, CancellationToken.None);
        await Catalog.RecordFactAsync(
            other, verified with { Kind = RepositoryFactKind.BackedUp }, CancellationToken.None);

        await Catalog.ReplaceRepositoryIdAsync(old, other, CancellationToken.None);

        Assert.Equal(other, (await Catalog.FindRepositoryAsync("main", CancellationToken.None))!.RepositoryId);
        Assert.Equal(other, (await Catalog.FindRepositoryAsync("copy", CancellationToken.None))!.CopyOf);
        ILookup<string, RepositoryFact> facts = await Catalog.ListFactsAsync(CancellationToken.None);
        Assert.Equal(
            [verified with { Kind = RepositoryFactKind.BackedUp }, verified], facts[other].OrderBy(fact => fact.Kind));
        Assert.Empty(facts[old]);
    }

    [Fact]
    public async Task A_name_is_taken_once_whatever_its_case()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        await Catalog.AddRepositoryAsync(Registrations.Make("other"), CancellationToken.None);

        await AssertFailsAsync(
            BackupErrorKind.RepositoryExists,
            () => Catalog.AddRepositoryAsync(Registrations.Make("MAIN"), CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryExists,
            () => Catalog.UpdateRepositoryAsync("other", Registrations.Make("Main"), CancellationToken.None));
    }

    [Fact]
    public async Task A_registration_can_be_changed_renamed_and_removed()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        RegisteredRepository renamed = Registrations.Make("second") with { PasswordReference = "env:PW" };

        await Catalog.UpdateRepositoryAsync("MAIN", renamed, CancellationToken.None);
        Assert.Equal([renamed], await Catalog.ListRepositoriesAsync(CancellationToken.None));

        await Catalog.RemoveRepositoryAsync("Second", CancellationToken.None);
        Assert.Empty(await Catalog.ListRepositoriesAsync(CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryNotFound,
            () => Catalog.RemoveRepositoryAsync("second", CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.RepositoryNotFound,
            () => Catalog.UpdateRepositoryAsync("second", renamed, CancellationToken.None));
    }

    [Fact]
    public async Task A_channel_can_be_added_changed_renamed_and_removed()
    {
        await Catalog.AddChannelAsync(new("Mail", """{"to":"ops@example.org"}"""), CancellationToken.None);
        await Catalog.AddChannelAsync(new("chat", "{}"), CancellationToken.None);
        await AssertFailsAsync(
            BackupErrorKind.NotificationExists, () => Catalog.AddChannelAsync(new("mail", "{}"), CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.NotificationExists,
            () => Catalog.UpdateChannelAsync("chat", new("MAIL", "{}"), CancellationToken.None));

        await Catalog.UpdateChannelAsync("CHAT", new("talk", """{"n":1}"""), CancellationToken.None);

        Assert.Equal(
            [new("Mail", """{"to":"ops@example.org"}"""), new("talk", """{"n":1}""")],
            await Catalog.ListChannelsAsync(CancellationToken.None));
        Assert.Equal("Mail", (await Catalog.FindChannelAsync("mAIL", CancellationToken.None))?.Name);
        await Catalog.RemoveChannelAsync("TALK", CancellationToken.None);
        await AssertFailsAsync(
            BackupErrorKind.NotificationNotFound, () => Catalog.RemoveChannelAsync("talk", CancellationToken.None));
        await AssertFailsAsync(
            BackupErrorKind.NotificationNotFound,
            () => Catalog.UpdateChannelAsync("talk", new("talk", "{}"), CancellationToken.None));
    }

    [Fact]
    public async Task A_catalog_of_a_newer_module_is_left_alone()
    {
        await Catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        Execute("UPDATE schema_version SET version = version + 1");

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => Catalog.ListRepositoriesAsync(CancellationToken.None),
            () => Catalog.AddRepositoryAsync(Registrations.Make("other"), CancellationToken.None),
        })
        {
            BackupException failure = await AssertFailsAsync(BackupErrorKind.CatalogUnavailable, call);
            Assert.Contains("Update the module", failure.Guidance);
        }

        Execute("UPDATE schema_version SET version = version - 1");
        Assert.Single(await Catalog.ListRepositoriesAsync(CancellationToken.None));
    }

    protected static async Task<BackupException> AssertFailsAsync(BackupErrorKind kind, Func<Task> call)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(call);
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
