using System;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Storage;

/// <summary>A range lies in memory as it does in the blocks of its file.</summary>
public sealed class RangeBufferTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 5_000_000)]
    [InlineData(1, 1_000_000)]
    [InlineData(4095, 2_000_000)]
    [InlineData(4096, 2_000_000)]
    [InlineData(5_000_000_001, 2_000_000)]
    public void The_range_is_as_long_as_asked_for_and_its_blocks_start_where_pages_do(long offset, int length)
    {
        using RangeBuffer buffer = RangeBuffer.Rent(offset, length);
        int toBlock = (int)(-offset & (AlignedMemory.Alignment - 1));

        Assert.Equal(length, buffer.Memory.Length);
        Assert.True(length < toBlock || AlignedMemory.IsAligned(buffer.Memory.Span[toBlock..]));
    }

    [Fact]
    public void A_large_range_stays_where_it_is_when_memory_is_compacted()
    {
        using RangeBuffer buffer = RangeBuffer.Rent(4000, 3_000_000);

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        Assert.True(AlignedMemory.IsAligned(buffer.Memory.Span[96..]));
    }
}
