using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using BackupModule.Core.Encryption;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Encryption;

/// <summary>Both ways to AES against the platform's, block by block.</summary>
public sealed class AesEngineTests
{
    private static readonly MasterKey s_key = Vectors.MasterKey;

    private static readonly Gen<byte[]> s_iv = Gen.OneOf(
        Gen.Byte.Array[16],
        Gen.Select(Gen.Byte.Array[8], Gen.Int[0, 40], (high, left) => WrappingSoon(high, left)));

    [Fact]
    public void Counter_mode_is_as_the_definition_says() =>
        Gen.Select(s_iv, Gen.OneOf(Gen.Int[0, 300], Gen.Int[8000, 20_000])).Sample(
            (iv, length) =>
            {
                byte[] content = TestData.Generate("counter", length);
                byte[] expected = InCounterMode(iv, content);
                foreach (IAesEngine engine in Engines())
                {
                    byte[] target = new byte[length];
                    engine.Transform(iv, content, target);
                    Assert.Equal(expected, target);
                }
            },
            iter: 200);

    [Fact]
    public void The_nonce_is_one_block_under_the_authenticators_key() => Gen.Byte.Array[16].Sample(
        iv =>
        {
            using Aes aes = Aes.Create();
            aes.SetKey(s_key.AuthenticatorKey);
            byte[] expected = aes.EncryptEcb(iv, PaddingMode.None);
            foreach (IAesEngine engine in Engines())
            {
                byte[] encrypted = new byte[16];
                engine.EncryptNonce(iv, encrypted);
                Assert.Equal(expected, encrypted);
            }
        },
        iter: 50);

    [Fact]
    public void Round_keys_fit_any_key() => Gen.Byte[1, 255].Array[MasterKey.Size].Sample(
        bytes =>
        {
            MasterKey key = new(bytes);
            byte[] content = TestData.Generate("keys", 100);
            byte[] expected = new byte[100];
            byte[] target = new byte[100];
            new PlatformAesEngine(key).Transform(bytes.AsSpan(0, 16), content, expected);
            foreach (IAesEngine engine in AesNiEngine.IsSupported ? new IAesEngine[] { new AesNiEngine(key) } : [])
            {
                engine.Transform(bytes.AsSpan(0, 16), content, target);
                Assert.Equal(expected, target);
            }
        },
        iter: 50);

    private static IAesEngine[] Engines() => AesNiEngine.IsSupported
        ? [new PlatformAesEngine(s_key), new AesNiEngine(s_key)]
        : [new PlatformAesEngine(s_key)];

    private static byte[] WrappingSoon(byte[] high, int left)
    {
        byte[] iv = [.. high, .. new byte[8]];
        BinaryPrimitives.WriteUInt64BigEndian(iv.AsSpan(8), ulong.MaxValue - (ulong)left);
        return iv;
    }

    private static byte[] InCounterMode(byte[] iv, byte[] content)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(s_key.Encrypt);
        byte[] result = [.. content];
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        byte[] block = new byte[16];
        for (int i = 0; i < content.Length; i++)
        {
            if (i % 16 == 0)
            {
                BinaryPrimitives.WriteUInt128BigEndian(block, counter++);
                block = aes.EncryptEcb(block, PaddingMode.None);
            }

            result[i] ^= block[i % 16];
        }

        return result;
    }
}
