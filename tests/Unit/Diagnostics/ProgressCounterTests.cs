using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Diagnostics;

/// <summary>Progress is told often enough, and not of every small item.</summary>
public sealed class ProgressCounterTests
{
    private readonly Listener _listener = new();

    [Fact]
    public void Many_small_items_are_told_now_and_then_and_at_the_end()
    {
        ProgressCounter counter = new(_listener, "Working", itemsTotal: 1000, bytesTotal: 2000);
        for (int i = 0; i < 1000; i++)
        {
            counter.Add(1, 2, $"{i}");
        }

        Assert.Equal([256, 512, 768, 1000], _listener.Heard.Select(progress => progress.ItemsDone));
        Assert.Equal(new OperationProgress("Working", "999", 1000, 1000, 2000, 2000), _listener.Heard[^1]);
    }

    [Fact]
    public void Many_bytes_of_one_item_are_told_every_four_mebibytes()
    {
        ProgressCounter counter = new(_listener, "Working", itemsTotal: 1, bytesTotal: null);
        for (int i = 0; i < 12; i++)
        {
            counter.Add(0, 1 << 20, "large");
        }

        Assert.Equal([4 << 20, 8 << 20, 12 << 20], _listener.Heard.Select(progress => progress.BytesDone));
    }

    private sealed class Listener : IBackupObserver
    {
        public List<OperationProgress> Heard { get; } = [];

        public void OnProgress(OperationProgress progress) => Heard.Add(progress);

        public void OnItemFailed(BackupException failure)
        {
        }

        public void OnWarning(string message)
        {
        }

        public void OnDecision(string message)
        {
        }
    }
}
