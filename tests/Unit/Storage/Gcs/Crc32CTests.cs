using System;
using System.Linq;
using BackupModule.Core.Storage.Gcs;
using BackupModule.Tests.Servers.Gcs;
using Xunit;

namespace BackupModule.Tests.Storage.Gcs;

public sealed class Crc32CTests
{
    // RFC 3720, B.4, and the check value of the catalogue of CRCs.
    [Fact]
    public void It_is_the_checksum_of_the_standard()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    [Fact]
    public void Every_length_and_start_is_covered()
    {
        byte[] content = TestData.Generate("content", 100);
        for (int start = 0; start < 9; start++)
        {
            for (int length = 0; length < 80; length++)
            {
                ReadOnlySpan<byte> part = content.AsSpan(start, length);
                Assert.Equal(FakeGcsChecksum.Of(part), Crc32C.InBase64(part));
            }
        }
    }
}
