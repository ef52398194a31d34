using System;
using System.Security.Cryptography;
using BackupModule.Core.Encryption;
using Xunit;

namespace BackupModule.Tests.Encryption;

public sealed class MasterKeyTests
{
    [Theory]
    [InlineData(0, 32)]
    [InlineData(32, 16)]
    [InlineData(48, 16)]
    public void A_key_with_a_part_that_is_all_zero_is_refused(int start, int length)
    {
        byte[] bytes = TestData.Generate("key", MasterKey.Size);
        bytes.AsSpan(start, length).Clear();

        Assert.Throws<CryptographicException>(() => new MasterKey(bytes));
    }

    [Fact]
    public void A_key_has_its_parts_in_the_order_of_scrypts_output()
    {
        byte[] bytes = TestData.Generate("key", MasterKey.Size);

        MasterKey key = new(bytes);

        Assert.Equal(bytes[..32], key.Encrypt.ToArray());
        Assert.Equal(bytes[32..48], key.AuthenticatorKey.ToArray());
        Assert.Equal(bytes[48..], key.AuthenticatorMultiplier.ToArray());
    }
}
