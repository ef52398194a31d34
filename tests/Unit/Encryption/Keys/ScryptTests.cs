using System;
using System.Text;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class ScryptTests
{
    // RFC 7914, section 12, but for the one that takes 1 GiB.
    [Theory]
    [InlineData("", "", 16, 1, 1,
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16,
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void The_vectors_of_the_standard_come_out(string password, string salt, int n, int r, int p, string expected)
    {
        byte[] key = new byte[64];

        Scrypt.DeriveKey(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), new(n, r, p), key);

        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }
}
