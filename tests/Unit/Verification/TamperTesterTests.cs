using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.S3;
using BackupModule.Core.Verification;
using BackupModule.Tests.Repositories.Protection;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Verification;

public sealed class TamperTesterTests(CephServer ceph) : IClassFixture<CephServer>
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_bucket_that_locks_in_compliance_mode_refuses_every_attempt()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        Repository repository = await BackUpAsync(bucket, StoreLockMode.Compliance);
        int files = (await bucket.LocksAsync()).Count;

        TamperTestResult result = await bucket.TamperAsync(repository);

        Assert.True(result.Passed);
        Assert.Equal(
            ["Delete", "DeleteStored", "Hide", "Overwrite", "Shorten"],
            result.Findings.Select(static finding => finding.Attempt).Distinct().Order());
        Assert.Equal(StoreLockMode.Compliance, result.Mode);
        Assert.Contains(result.Findings, static finding => finding is { Attempt: "DeleteStored", Target: "config" });
        Assert.Contains(
            result.Findings,
            static finding => finding.Attempt == "DeleteStored" && finding.Target.StartsWith("data/", StringComparison.Ordinal));

        // One more: the record of the test. The probe is hidden.
        Assert.Equal(files + 1, (await bucket.LocksAsync()).Count);
        await bucket.Restic.CheckAllAsync();
    }

    [Fact]
    public async Task Who_may_bypass_governance_is_told_so()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        Repository repository = await BackUpAsync(bucket, StoreLockMode.Governance);

        TamperTestResult result = await bucket.TamperAsync(repository);

        Assert.False(result.Passed);
        TamperFinding bypass = Assert.Single(result.Findings, static finding => finding.Outcome == TamperOutcome.Allowed);
        Assert.Equal("Bypass", bypass.Attempt);
        Assert.Contains("s3:BypassGovernanceRetention", bypass.NextStep, StringComparison.Ordinal);
        Assert.Equal(TamperOutcome.Refused, result.Findings.First(static finding => finding.Attempt == "Delete").Outcome);
    }

    [Fact]
    public async Task Governance_passes_for_those_who_may_not_bypass()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        Repository repository = await BackUpAsync(bucket, StoreLockMode.Governance);
        await bucket.Client.PutBucketPolicyAsync(bucket.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:BypassGovernanceRetention","Resource":"arn:aws:s3:::{{bucket.Bucket}}/*"}]}
            """);

        TamperTestResult result = await bucket.TamperAsync(repository);

        Assert.True(result.Passed, string.Join('\n', result.Findings));
        Assert.Contains(result.Findings, static finding => finding is { Attempt: "Bypass", Outcome: TamperOutcome.Refused });
    }

    [Fact]
    public async Task A_repository_without_locks_fails_and_keeps_all_its_files()
    {
        using RepositoryFixture fixture = new();
        fixture.Write("file.bin", TestData.Generate("file", 100_000));
        using S3ObjectStore store = ceph.Server.OpenStore(await ceph.Server.CreateBucketAsync());
        foreach (IObjectStore place in (IObjectStore[])[store, new Core.Storage.Local.LocalObjectStore(fixture.RepositoryPath)])
        {
            Repository repository = await fixture.CreateAsync(place);
            await fixture.BackUpAsync(repository);

            TamperTestResult result = await new TamperTester(repository, TimeProvider.System, fixture.Observer)
                .RunAsync(CancellationToken.None);

            Assert.False(result.Passed);
            Assert.Equal(
                [("Overwrite", TamperOutcome.Allowed), ("Delete", TamperOutcome.Allowed)],
                result.Findings.Select(static finding => (finding.Attempt, finding.Outcome)));
            Assert.All(result.Findings, static finding => Assert.Contains("-LockMode", finding.NextStep, StringComparison.Ordinal));
            Assert.True((await new RepositoryChecker(repository, TimeProvider.System, fixture.Observer)
                .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None)).Passed);
        }
    }

    [Fact]
    public async Task A_repository_whose_own_files_are_not_locked_does_not_pass()
    {
        using LockedBucket bucket = await LockedBucket.CreateAsync(ceph);
        await BackUpAsync(bucket, StoreLockMode.None);
        Repository repository = await bucket.Fixture.OpenAsync(bucket.Open(StoreLockMode.Compliance, s_hour));

        TamperTestResult result = await bucket.TamperAsync(repository);

        Assert.False(result.Passed);
        Assert.Equal(
            ["config", "data/"],
            result.Findings.Where(static finding => finding.Outcome == TamperOutcome.Unproven).Select(static finding => finding.Target));
        Assert.True((await new RepositoryChecker(repository, TimeProvider.System, bucket.Fixture.Observer)
            .RunAsync(new CheckOptions { ReadData = true }, CancellationToken.None)).Passed);
    }

    private static async Task<Repository> BackUpAsync(LockedBucket bucket, StoreLockMode mode)
    {
        bucket.Fixture.Write("file.bin", TestData.Generate("file", 1_000_000));
        Repository repository = await bucket.Fixture.CreateAsync(bucket.Open(mode, s_hour));
        await bucket.BackUpAsync(repository);
        return repository;
    }
}
