using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BackupModule.Core.Encryption;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Encryption;

public sealed class ContainerCipherTests
{
    private const int IvSize = 16;

    private readonly ContainerCipher _cipher = new(Vectors.MasterKey);

    [Fact]
    public void The_config_file_of_a_restic_repository_opens() => Assert.Equal(
        Vectors.Text("config_plaintext"),
        Encoding.UTF8.GetString(_cipher.Open(Vectors.Hex("config_file_hex"))!));

    [Fact]
    public void Sealing_the_config_under_its_iv_gives_the_file_that_restic_wrote() => Assert.Equal(
        Vectors.Hex("config_file_hex"),
        SealUnder(Vectors.Hex("config_iv"), Encoding.UTF8.GetBytes(Vectors.Text("config_plaintext"))));

    [Theory]
    [InlineData("ctr_wrap_low64")]
    [InlineData("ctr_wrap_128")]
    public void The_counter_runs_through_all_16_bytes(string vector)
    {
        JsonElement json = Vectors.Member(vector);
        byte[] Part(string name) => Convert.FromHexString(json.GetProperty(name).GetString()!);

        byte[] container = SealUnder(Part("iv"), Part("plaintext"));

        Assert.Equal([.. Part("iv"), .. Part("ciphertext"), .. Part("mac")], container);
        Assert.Equal(Part("plaintext"), _cipher.Open(container));
    }

    [Fact]
    public void What_was_sealed_opens_at_every_length()
    {
        for (int length = 0; length <= 100; length++)
        {
            AssertOpens(TestData.Generate("seal", length));
        }

        Gen.Byte.Array[101, 200_000].Sample(AssertOpens, iter: 50);
    }

    [Fact]
    public void A_container_with_any_bit_changed_does_not_open()
    {
        foreach (int length in new[] { 0, 1, 15, 16, 17, 33 })
        {
            byte[] container = _cipher.Seal(TestData.Generate("bits", length));
            for (int bit = 0; bit < container.Length * 8; bit++)
            {
                byte[] changed = [.. container];
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Null(_cipher.Open(changed));
            }
        }
    }

    [Fact]
    public void A_container_that_is_cut_or_lengthened_does_not_open()
    {
        byte[] container = _cipher.Seal(TestData.Generate("length", 50));
        for (int length = 0; length < container.Length; length++)
        {
            Assert.Null(_cipher.Open(container.AsSpan(0, length)));
        }

        Assert.Null(_cipher.Open([.. container, 0]));
    }

    [Fact]
    public void A_container_under_an_all_zero_iv_does_not_open() =>
        Assert.Null(_cipher.Open(SealUnder(new byte[IvSize], "authentic, but refused"u8.ToArray())));

    [Fact]
    public void Another_key_does_not_open() =>
        Assert.Null(new ContainerCipher(MasterKey.Random()).Open(_cipher.Seal("content"u8)));

    [Fact]
    public void The_same_plaintext_is_never_sealed_alike() =>
        Assert.NotEqual(_cipher.Seal("content"u8), _cipher.Seal("content"u8));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Either_way_to_aes_opens_what_the_other_sealed(bool sealsByInstructions)
    {
        Assert.SkipUnless(AesNiEngine.IsSupported, "This processor has no AES instructions.");
        ContainerCipher seals = new(Vectors.MasterKey, sealsByInstructions);
        ContainerCipher opens = new(Vectors.MasterKey, !sealsByInstructions);
        foreach (int length in new[] { 0, 1, 127, 128, 129, 8191, 8192, 8193, 100_000 })
        {
            byte[] plaintext = TestData.Generate("either", length);
            Assert.Equal(plaintext, opens.Open(seals.Seal(plaintext)));
        }
    }

    [Fact]
    public void Sealing_and_opening_into_given_memory_allocates_nothing()
    {
        byte[] plaintext = new byte[3000];
        byte[] container = new byte[3000 + ContainerCipher.Overhead];
        byte[] buffer = new byte[ContainerCipher.RoundUp(3000)];
        _cipher.Seal(plaintext, container);
        _ = _cipher.TryOpen(container, buffer);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            _cipher.Seal(plaintext, container);
            _ = _cipher.TryOpen(container, buffer);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void No_two_containers_share_an_iv()
    {
        HashSet<string> seen = [];
        for (int i = 0; i < 300; i++)
        {
            Assert.True(seen.Add(Convert.ToHexString(_cipher.Seal([]).AsSpan(0, IvSize))));
        }
    }

    [Fact]
    public void Many_threads_may_use_one_cipher() => Parallel.For(0, 500, i =>
        AssertOpens(TestData.Generate("thread" + i, i * 7)));

    private void AssertOpens(byte[] plaintext)
    {
        byte[] container = _cipher.Seal(plaintext);
        byte[] buffer = new byte[ContainerCipher.RoundUp(plaintext.Length)];

        Assert.Equal(plaintext.Length + ContainerCipher.Overhead, container.Length);
        Assert.Equal(plaintext, _cipher.Open(container));
        Assert.True(_cipher.TryOpen(container, buffer));
        Assert.Equal(plaintext, buffer[..plaintext.Length]);
    }

    private byte[] SealUnder(byte[] iv, byte[] plaintext)
    {
        byte[] container = new byte[plaintext.Length + ContainerCipher.Overhead];
        iv.CopyTo(container, 0);
        _cipher.SealWith(plaintext, container);
        return container;
    }
}
