using System;
using System.Text;
using BackupModule.Core.Hashing;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Hashing;

public sealed class ObjectIdTests
{
    private static readonly Gen<byte[]> s_bytes = Gen.Byte.Array[ObjectId.Size];

    [Fact]
    public void The_hash_of_an_empty_tree_is_the_one_that_the_format_states() => Assert.Equal(
        "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8",
        ObjectId.Hash("{\"nodes\":[]}\n"u8).ToString());

    [Fact]
    public void An_id_survives_every_spelling() => s_bytes.Sample(bytes =>
    {
        ObjectId id = new(bytes);
        string hex = Convert.ToHexStringLower(bytes);
        byte[] raw = new byte[ObjectId.Size];
        byte[] ascii = new byte[ObjectId.HexLength];
        id.CopyTo(raw);
        id.CopyHexTo(ascii);

        Assert.Equal(hex, id.ToString());
        Assert.Equal(hex[..8], id.ShortText);
        Assert.Equal(bytes[0], id.FirstByte);
        Assert.Equal(bytes, raw);
        Assert.Equal(hex, Encoding.ASCII.GetString(ascii));
        Assert.Equal(id, ObjectId.Parse(hex));
        Assert.True(ObjectId.TryParse(ascii, out ObjectId parsed));
        Assert.Equal(id, parsed);
        Assert.True(id.StartsWith(hex.AsSpan(0, bytes[0] % 65)));
    });

    [Fact]
    public void Ids_sort_and_compare_as_their_texts_do() => Gen.Select(s_bytes, s_bytes, Gen.Int[0, 32]).Sample(
        (first, second, common) =>
        {
            first.AsSpan(0, common).CopyTo(second);
            ObjectId a = new(first);
            ObjectId b = new(second);
            int expected = Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString()));

            Assert.Equal(expected, Math.Sign(a.CompareTo(b)));
            Assert.Equal(expected == 0, a == b);
            Assert.Equal(expected != 0, a != b);
            Assert.Equal(expected < 0, a < b);
            Assert.Equal(expected > 0, a > b);
            Assert.Equal(expected <= 0, a <= b);
            Assert.Equal(expected >= 0, a >= b);
            Assert.True(expected != 0 || a.GetHashCode() == b.GetHashCode());
        });

    [Fact]
    public void Only_64_lower_case_digits_are_an_id() => Gen.Select(s_bytes, Gen.Int[0, 63], Gen.Char).Sample(
        (bytes, position, other) =>
        {
            string hex = Convert.ToHexStringLower(bytes);
            string changed = string.Concat(hex.AsSpan(0, position), other.ToString(), hex.AsSpan(position + 1));
            bool isDigit = other is (>= '0' and <= '9') or (>= 'a' and <= 'f');

            Assert.Equal(isDigit, ObjectId.TryParse(changed, out _));
            Assert.False(ObjectId.TryParse(hex.AsSpan(0, position), out _));
            Assert.False(ObjectId.TryParse(hex + other, out _));
        });

    [Fact]
    public void A_malformed_id_is_a_format_error() => Assert.Throws<FormatException>(() => ObjectId.Parse("abc"));

    [Fact]
    public void Only_the_id_of_nothing_is_zero()
    {
        Assert.True(default(ObjectId).IsZero);
        for (int i = 0; i < ObjectId.Size; i++)
        {
            byte[] bytes = new byte[ObjectId.Size];
            bytes[i] = 1;
            Assert.False(new ObjectId(bytes).IsZero);
        }
    }
}
