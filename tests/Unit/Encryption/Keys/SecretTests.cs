using System;
using System.Security;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class SecretTests
{
    [Fact]
    public void Every_way_to_make_a_secret_gives_UTF8_bytes()
    {
        using SecureString secure = new();
        foreach (char c in "pä😀")
        {
            secure.AppendChar(c);
        }

        using Secret fromSecure = Secret.FromSecureString(secure);
        using Secret fromText = new("pä😀");
        using Secret fromBytes = new("pä😀"u8);
        using Secret clone = fromText.Clone();

        Assert.True("pä😀"u8.SequenceEqual(fromText.Utf8));
        Assert.True(fromSecure.HasSameBytes(fromText));
        Assert.True(fromBytes.HasSameBytes(clone));
        using Secret other = new("pä");
        Assert.False(other.HasSameBytes(fromText));
    }

    [Fact]
    public void A_secret_does_not_show_itself()
    {
        using Secret secret = new("visible");

        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", $"{secret}");
    }

    [Fact]
    public void A_disposed_secret_is_wiped_and_unusable()
    {
        Secret secret = new("visible");
        ReadOnlySpan<byte> bytes = secret.Utf8;

        secret.Dispose();

        Assert.True(new byte[7].AsSpan().SequenceEqual(bytes));
        Assert.Throws<ObjectDisposedException>(() => secret.IsEmpty);
        secret.Dispose();
    }
}
