using System.Security.Cryptography;
using System.Text;
using BackupModule.Core.Encryption;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Keys;
using Xunit;

namespace BackupModule.Tests.Repositories.Keys;

public sealed class MasterKeyCacheTests
{
    private static readonly KeyFile s_file =
        KeyFile.Create(MasterKey.Random(), "right"u8, new KeyDerivationParameters(16, 1, 1));

    // Deriving from this one throws, so an answer about it can only come from memory.
    private static readonly KeyFile s_underivable = s_file with { Kdf = "none" };

    private readonly ObjectId _id = ObjectId.Random();

    [Theory]
    [InlineData("right", true)]
    [InlineData("wrong", false)]
    public void A_password_is_tried_on_a_key_once(string password, bool opens)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(password);

        MasterKey? derived = MasterKeyCache.Open(_id, s_file, bytes);
        MasterKey? remembered = MasterKeyCache.Open(_id, s_underivable, bytes);

        Assert.Equal(opens, derived is not null);
        Assert.Same(derived, remembered);
    }

    [Fact]
    public void What_is_remembered_is_remembered_for_one_key_and_one_password()
    {
        Assert.NotNull(MasterKeyCache.Open(_id, s_file, "right"u8));

        Assert.Null(MasterKeyCache.Open(_id, s_file, "righ"u8));
        Assert.Throws<CryptographicException>(() => MasterKeyCache.Open(ObjectId.Random(), s_underivable, "right"u8));
    }
}
