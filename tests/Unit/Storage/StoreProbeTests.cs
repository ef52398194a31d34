using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Local;
using BackupModule.Core.Storage.Memory;
using Xunit;

namespace BackupModule.Tests.Storage;

public sealed class StoreProbeTests
{
    private static readonly string[] s_checks =
    [
        "Reach", "Write", "ReadBack", "ReadRange", "ReadPastEnd", "Replace", "List", "Missing", "CreateOnce", "Delete",
    ];

    private readonly MemoryObjectStore _objects = new();

    [Fact]
    public async Task A_good_store_passes_every_check_and_is_left_as_it_was()
    {
        await _objects.PutAsync("config", new byte[1], CancellationToken.None);

        IReadOnlyList<StoreFinding> findings = await ProbeAsync(_objects);

        Assert.Equal(s_checks, findings.Select(finding => finding.Check));
        Assert.All(findings, finding => Assert.Equal((StoreFindingState.Passed, null), (finding.State, finding.Message)));
        Assert.Equal(["config"], await _objects.ListAsync(string.Empty, CancellationToken.None).Select(item => item.Key).ToListAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_is_left_without_a_trace(bool hasForeignFile)
    {
        using TemporaryFolder folder = new();
        LocalObjectStore store = new(folder.Path);
        await store.PrepareAsync(["data", "backupmodule"], CancellationToken.None);
        if (hasForeignFile)
        {
            await store.PutAsync("backupmodule/note", new byte[1], CancellationToken.None);
        }

        IReadOnlyList<StoreFinding> findings = await ProbeAsync(store);

        Assert.All(findings, finding => Assert.Equal((StoreFindingState.Passed, null), (finding.State, finding.Message)));
        Assert.True(Directory.Exists(folder["data"]));
        Assert.Equal(
            hasForeignFile ? [folder["backupmodule"], folder["data"]] : [folder["data"]],
            Directory.GetDirectories(folder.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task A_store_that_may_only_be_read_fails_where_it_is_written_to()
    {
        IReadOnlyList<StoreFinding> findings = await ProbeAsync(new ReadOnlyStore(_objects));

        Assert.Equal(["Missing"], findings.Where(finding => finding.State == StoreFindingState.Passed).Select(finding => finding.Check));
        Assert.All(findings.Where(finding => finding.Check != "Missing"), finding => Assert.NotNull(finding.Message));
    }

    [Theory]
    [InlineData(StoreCall.Put, "Write")]
    [InlineData(StoreCall.Read, "ReadBack")]
    [InlineData(StoreCall.List, "List")]
    [InlineData(StoreCall.Delete, "Delete")]
    public async Task A_refusal_is_told_with_its_reason_and_the_other_checks_go_on(StoreCall call, string check)
    {
        FaultyStore store = new(_objects);
        store.On(call).Throw(BackupErrorKind.AccessDenied);

        IReadOnlyList<StoreFinding> findings = await ProbeAsync(store);

        Assert.Equal(s_checks, findings.Select(finding => finding.Check));
        StoreFinding denied = findings.Single(finding => finding.Check == check);
        Assert.Equal(StoreFindingState.Failed, denied.State);
        Assert.Contains("was made to fail", denied.Message);
        Assert.Empty(await _objects.ListAsync(string.Empty, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task What_could_not_be_removed_is_named()
    {
        FaultyStore store = new(_objects);
        store.On(StoreCall.Delete).Throw(BackupErrorKind.AccessDenied);
        store.On(StoreCall.Delete).Throw(BackupErrorKind.AccessDenied);

        IReadOnlyList<StoreFinding> findings = await ProbeAsync(store);

        Assert.Contains("backupmodule/probe-", Assert.Single(findings, finding => finding.Check == "CleanUp").Message);
    }

    private static Task<IReadOnlyList<StoreFinding>> ProbeAsync(IObjectStore store) =>
        new StoreProbe(store, TimeProvider.System).RunAsync(CancellationToken.None);
}
