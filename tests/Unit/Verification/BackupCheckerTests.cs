using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Indexing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Verification;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Verification;

public sealed class BackupCheckerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_sound_backup_passes_all_five_checks_each_with_its_evidence()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("config/app.json", "{}");
        _fixture.Write("data.bin", TestData.Generate("data", 100_000));
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;

        BackupCheckResult result = await CheckAsync(new BackupCheckOptions
        {
            Snapshot = snapshot,
            RequiredPaths = [_fixture.SourcePath + "/config/app.json", "*.bin"],
        });

        Assert.True(result.Passed);
        Assert.Equal(Enum.GetValues<BackupCheckName>(), result.Outcomes.Select(outcome => outcome.Name));
        Assert.Contains("2 packs are there.", Evidence(result, BackupCheckName.Exists), StringComparison.Ordinal);
        Assert.StartsWith("2 of 2 packs", Evidence(result, BackupCheckName.NotCorrupted), StringComparison.Ordinal);
        Assert.Contains("match", Evidence(result, BackupCheckName.Readable), StringComparison.Ordinal);
        Assert.Contains("100002 bytes", Evidence(result, BackupCheckName.SizeReasonable), StringComparison.Ordinal);
        Assert.Contains(
            "All 2 required", Evidence(result, BackupCheckName.RequiredPathsPresent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_kind_of_trouble_fails_its_own_check_and_says_what_it_is()
    {
        byte[] content = TestData.Generate("data", 100_000);
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("data.bin", content);
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        BlobLocation place = await DamagedRepository.LocateAsync(repository, content);
        string pack = _fixture.PathOf(FileKind.Pack, place.PackId);

        BackupCheckResult required = await CheckAsync(
            new BackupCheckOptions { Snapshot = snapshot, RequiredPaths = ["data.bin", "/etc/passwd"] });
        DamagedRepository.FlipBit(pack, new FileInfo(pack).Length - 20);
        BackupCheckResult header = await CheckAsync(new BackupCheckOptions { Snapshot = snapshot });
        DamagedRepository.FlipBit(pack, place.Entry.Offset + 10);
        BackupCheckResult chunk = await CheckAsync(new BackupCheckOptions { Snapshot = snapshot });
        File.Delete(pack);
        BackupCheckResult missing = await CheckAsync(new BackupCheckOptions { Snapshot = snapshot });

        Assert.Equal([BackupCheckName.RequiredPathsPresent], Failed(required));
        Assert.Equal(
            "Missing: /etc/passwd.", Evidence(required, BackupCheckName.RequiredPathsPresent));
        Assert.Equal([BackupCheckName.NotCorrupted], Failed(header));
        Assert.Equal([BackupCheckName.NotCorrupted, BackupCheckName.Readable], Failed(chunk));
        Assert.Contains(
            place.Entry.Key.Id.ShortText, Evidence(chunk, BackupCheckName.Readable), StringComparison.Ordinal);
        Assert.Equal(
            [BackupCheckName.Exists, BackupCheckName.NotCorrupted, BackupCheckName.Readable], Failed(missing));
        Assert.Contains(place.PackId.ShortText, Evidence(missing, BackupCheckName.Exists), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_suddenly_shrank_or_grew_is_not_of_reasonable_size()
    {
        Repository repository = await _fixture.CreateAsync();
        for (int i = 0; i < 3; i++)
        {
            _fixture.Write("data.bin", TestData.Generate($"{i}", 100_000 + i));
            await _fixture.BackUpAsync(repository);
        }

        _fixture.Write("data.bin", TestData.Generate("shrunk", 40_000));
        Snapshot shrunk = (await _fixture.BackUpAsync(repository)).Snapshot;

        BackupCheckResult strict = await CheckAsync(new BackupCheckOptions { Snapshot = shrunk });
        BackupCheckResult lenient = await CheckAsync(new BackupCheckOptions { Snapshot = shrunk, SizeTolerance = 3 });

        Assert.Equal([BackupCheckName.SizeReasonable], Failed(strict));
        Assert.Equal(
            "40000 bytes; the median of 3 earlier backups is 100001, and a factor of 2 is allowed.",
            Evidence(strict, BackupCheckName.SizeReasonable));
        Assert.True(lenient.Passed);
    }

    [Fact]
    public async Task A_sound_pack_is_read_once_for_its_hash_and_its_blobs()
    {
        byte[] content = TestData.Generate("data", 100_000);
        _fixture.Write("data.bin", content);
        InterceptedStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.CreateAsync(store);
        Snapshot snapshot = (await _fixture.BackUpAsync(repository)).Snapshot;
        BlobLocation place = await DamagedRepository.LocateAsync(repository, content);
        int reads = 0;
        store.BeforeRead = (key, _, _, _) =>
        {
            reads += key == RepositoryLayout.KeyOf(FileKind.Pack, place.PackId) ? 1 : 0;
            return Task.CompletedTask;
        };

        BackupCheckResult result = await new BackupChecker(repository, new TestTime(), _fixture.Observer)
            .RunAsync(new BackupCheckOptions { Snapshot = snapshot }, default);

        Assert.True(result.Passed);
        Assert.Equal(1, reads);
    }

    private static BackupCheckName[] Failed(BackupCheckResult result) =>
        [.. result.Outcomes.Where(outcome => !outcome.Passed).Select(outcome => outcome.Name)];

    private static string Evidence(BackupCheckResult result, BackupCheckName name) =>
        result.Outcomes.Single(outcome => outcome.Name == name).Evidence;

    private async Task<BackupCheckResult> CheckAsync(BackupCheckOptions options) =>
        await new BackupChecker(await _fixture.OpenAsync(), new TestTime(), _fixture.Observer)
            .RunAsync(options, default);
}
