using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class KeyFileTests
{
    private static readonly KeyDerivationParameters s_quick = new(16, 1, 1);

    private static byte[] VectorFile => Encoding.UTF8.GetBytes(Vectors.Text("key_file_raw"));

    [Fact]
    public void Scrypt_gives_the_keys_that_restic_derives()
    {
        KeyFile file = KeyFile.Decode(VectorFile);

        MasterKey derived = KeyDerivation.Derive(
            Vectors.Password, file.Salt, new KeyDerivationParameters(file.N, file.R, file.P));

        Assert.Equal(Vectors.Hex("password_utf8_hex"), Vectors.Password);
        Assert.Equal(
            Vectors.Hex("scrypt_output_64_hex"),
            (byte[])[.. derived.Encrypt, .. derived.AuthenticatorKey, .. derived.AuthenticatorMultiplier]);
    }

    [Fact]
    public void A_key_file_of_restic_opens_with_its_password()
    {
        Assert.Equal(Vectors.Text("key_file_name"), ObjectId.Hash(VectorFile).ToString());
        MasterKey opened = KeyFile.Decode(VectorFile).Open(Vectors.Password)!;

        Assert.True(opened.Encrypt.SequenceEqual(Vectors.MasterKey.Encrypt));
        Assert.True(opened.AuthenticatorKey.SequenceEqual(Vectors.MasterKey.AuthenticatorKey));
        Assert.True(opened.AuthenticatorMultiplier.SequenceEqual(Vectors.MasterKey.AuthenticatorMultiplier));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("Pässwörd, composed")]
    [InlineData("Pa\u0308sswo\u0308rd, decomposed")]
    [InlineData("\U0001F600\0 with anything in it")]
    public void A_key_file_opens_with_its_password_and_no_other(string password)
    {
        MasterKey master = MasterKey.Random();
        byte[] bytes = Encoding.UTF8.GetBytes(password);
        KeyFile file = KeyFile.Decode(KeyFile.Create(master, bytes, s_quick).Encode());

        Assert.True(master.Encrypt.SequenceEqual(file.Open(bytes)!.Encrypt));
        Assert.Null(file.Open([.. bytes, (byte)' ']));
        Assert.Null(file.Open(bytes.AsSpan(1)));
    }

    [Fact]
    public void Members_are_written_in_restics_order()
    {
        using JsonDocument file = JsonDocument.Parse(KeyFile.Create(MasterKey.Random(), "x"u8, s_quick).Encode());

        Assert.Equal(
            ["created", "username", "hostname", "kdf", "N", "r", "p", "salt", "data"],
            file.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(1, 8, 1)]
    [InlineData(24, 8, 1)]
    [InlineData(-32768, 8, 1)]
    [InlineData(16, 0, 1)]
    [InlineData(16, 1, 0)]
    [InlineData(16, 1 << 15, 1 << 15)]
    public void Parameters_that_scrypt_does_not_allow_are_refused(int n, int r, int p) =>
        Assert.Throws<CryptographicException>(() =>
            KeyDerivation.Derive("x"u8, new byte[KeyDerivation.SaltSize], new KeyDerivationParameters(n, r, p)));

    [Theory]
    [InlineData(1 << 24, 8, 1)] // 16 GiB
    [InlineData(1 << 30, (1 << 30) - 1, 1)] // more than 64 bits can count
    [InlineData(2, 1, (1 << 30) - 1)] // nearly all in the lanes themselves
    [InlineData(32768, 8, 100_000)] // two hours
    public void Parameters_that_only_a_hostile_key_file_has_are_refused(int n, int r, int p)
    {
        BackupException refusal = Assert.Throws<BackupException>(() =>
            KeyDerivation.Derive("x"u8, new byte[KeyDerivation.SaltSize], new KeyDerivationParameters(n, r, p)));

        Assert.Equal(BackupErrorKind.KeyDamaged, refusal.Kind);
    }

    [Theory]
    [InlineData(32768, 8, 64)]
    [InlineData(1 << 20, 7, 1)]
    public void Parameters_that_somebody_may_have_chosen_are_affordable(int n, int r, int p) =>
        Assert.True(new KeyDerivationParameters(n, r, p).IsAffordable);

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Only_a_salt_of_64_bytes_is_accepted(int length) =>
        Assert.Throws<CryptographicException>(() => KeyDerivation.Derive("x"u8, new byte[length], s_quick));

    [Fact]
    public void Another_key_derivation_is_refused() => Assert.Throws<CryptographicException>(
        () => (KeyFile.Create(MasterKey.Random(), "x"u8, s_quick) with { Kdf = "argon2" }).Open("x"u8));

    [Theory]
    [InlineData("""{"mac":{"k":"AAAA","r":"AAAA"},"encrypt":"AAAA"}""")]
    [InlineData("""{"mac":null,"encrypt":null}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not JSON")]
    public void Something_else_than_a_master_key_inside_is_refused(string content)
    {
        KeyFile file = KeyFile.Create(MasterKey.Random(), "x"u8, s_quick);
        ContainerCipher seal = new(KeyDerivation.Derive("x"u8, file.Salt, s_quick));
        KeyFile other = file with { Data = seal.Seal(Encoding.UTF8.GetBytes(content)) };

        Assert.Throws<JsonException>(() => other.Open("x"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"kdf":null}""")]
    [InlineData("""{"salt":"not base64!"}""")]
    [InlineData("""{"N":1.5}""")]
    public void Something_else_than_a_key_file_is_refused(string json) =>
        Assert.Throws<JsonException>(() => KeyFile.Decode(Encoding.UTF8.GetBytes(json)));
}
