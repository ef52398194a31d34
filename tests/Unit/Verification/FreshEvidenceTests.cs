using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Repositories;
using BackupModule.Core.Verification;
using Xunit;

namespace BackupModule.Tests.Verification;

/// <summary>A check by the process that made the backup looks at the store, not at what the process remembers.</summary>
public sealed class FreshEvidenceTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("index")]
    [InlineData("snapshots")]
    public async Task A_file_that_was_lost_after_it_was_read_fails_the_checks(string folder)
    {
        _fixture.Write("a.txt", "a");
        Repository repository = await _fixture.CreateAsync();
        BackupResult backup = await _fixture.BackUpAsync(repository);
        foreach (string file in Directory.GetFiles(Path.Combine(_fixture.RepositoryPath, folder)))
        {
            File.Delete(file);
        }

        BackupCheckResult one = await new BackupChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new BackupCheckOptions { Snapshot = backup.Snapshot }, CancellationToken.None);

        Assert.False(one.Outcomes.Single(outcome => outcome.Name == BackupCheckName.Exists).Passed);
    }

    [Fact]
    public async Task A_lost_index_file_fails_the_check_of_the_repository()
    {
        _fixture.Write("a.txt", "a");
        Repository repository = await _fixture.CreateAsync();
        await _fixture.BackUpAsync(repository);
        foreach (string file in Directory.GetFiles(Path.Combine(_fixture.RepositoryPath, "index")))
        {
            File.Delete(file);
        }

        CheckResult result = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions(), CancellationToken.None);

        Assert.False(result.Passed);
    }

    [Fact]
    public async Task A_snapshot_that_was_damaged_after_it_was_read_fails_the_check_of_the_repository()
    {
        _fixture.Write("a.txt", "a");
        Repository repository = await _fixture.CreateAsync();
        await _fixture.BackUpAsync(repository);
        foreach (string file in Directory.GetFiles(Path.Combine(_fixture.RepositoryPath, "snapshots")))
        {
            File.Delete(file);
            File.WriteAllText(file, "damaged");
        }

        CheckResult result = await new RepositoryChecker(repository, TimeProvider.System, _fixture.Observer)
            .RunAsync(new CheckOptions(), CancellationToken.None);

        Assert.False(result.Passed);
    }
}
