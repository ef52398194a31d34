using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Diagnostics;

/// <summary>Buffers are used again, and what is kept is bounded.</summary>
public sealed class BufferPoolTests
{
    private readonly BufferPool _pool = new(limit: 1_000_000);

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 5120)]
    [InlineData(5121, 6144)]
    [InlineData(8192, 8192)]
    [InlineData(8193, 10240)]
    [InlineData((1 << 20) - 1, 1 << 20)]
    [InlineData((1 << 20) + 1, 10 << 20)]
    [InlineData(8_500_000, 10 << 20)]
    [InlineData((10 << 20) + 1, 20 << 20)]
    [InlineData((20 << 20) + 1, 24 << 20)]
    public void A_buffer_has_the_length_and_at_most_a_quarter_more_or_that_of_chunks_or_packs(int length, int expected) =>
        Assert.Equal(expected, _pool.Rent(length).Length);

    [Fact]
    public void Every_length_is_served_and_kept_again()
    {
        for (int length = 1; length < 300_000; length += 977)
        {
            byte[] buffer = _pool.Rent(length);
            Assert.True(buffer.Length >= length);
            _pool.Return(buffer);
            Assert.Same(buffer, _pool.Rent(length));
        }
    }

    [Fact]
    public void A_larger_buffer_serves_a_smaller_request_up_to_twice_the_size()
    {
        byte[] large = _pool.Rent(100_000);
        _pool.Return(large);

        Assert.NotSame(large, _pool.Rent(40_000));
        Assert.Same(large, _pool.Rent(60_000));
    }

    [Fact]
    public void What_nobody_uses_never_exceeds_the_limit()
    {
        List<byte[]> rented = [.. Enumerable.Range(0, 20).Select(_ => _pool.Rent(100_000))];
        rented.ForEach(_pool.Return);

        Assert.InRange(_pool.IdleBytes, 800_000, 1_000_000);
    }

    [Fact]
    public void What_is_rented_belongs_to_one_alone()
    {
        HashSet<byte[]> inUse = [];
        Parallel.For(0, 10_000, i =>
        {
            byte[] buffer = _pool.Rent(10_000 + (i % 5_000));
            lock (inUse)
            {
                Assert.True(inUse.Add(buffer));
            }

            lock (inUse)
            {
                inUse.Remove(buffer);
            }

            _pool.Return(buffer);
        });
    }

    [Fact]
    public void A_foreign_array_is_not_kept()
    {
        _pool.Return(new byte[5000]);

        Assert.Equal(0, _pool.IdleBytes);
    }
}
