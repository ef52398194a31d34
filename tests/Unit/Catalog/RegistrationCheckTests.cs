using System;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class RegistrationCheckTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Main-2.old_x")]
    [InlineData("_x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_plain_name_is_allowed(string name) => NameRule.Validate(name, "repository");

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a*")]
    [InlineData("ä")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Any_other_name_is_refused(string name) =>
        Assert.Equal(
            BackupErrorKind.InvalidArgument,
            Assert.Throws<BackupException>(() => NameRule.Validate(name, "repository")).Kind);

    [Fact]
    public void A_password_is_refused_wherever_it_is_put()
    {
        RegisteredRepository good = Registrations.Make("main");
        RegistrationCheck.Validate(good with { PasswordReference = "env:PW" });

        AssertRefused(good with { PasswordReference = "hunter2" });
        AssertRefused(good with { Location = "s3://key:hunter2@host/bucket" });
        AssertRefused(good with { Store = new StoreSettings { SecretKeyReference = "hunter2" } });
        AssertRefused(good with { Store = new StoreSettings { EncryptionKeyReference = "hunter2" } });
        AssertRefused(good with { Store = new StoreSettings { Proxy = new Uri("http://me:hunter2@proxy/") } });
        AssertRefused(good with { Store = new StoreSettings { Endpoint = new Uri("http://me:hunter2@server/") } });
    }

    [Fact]
    public void Members_that_make_no_sense_are_refused()
    {
        RegisteredRepository good = Registrations.Make("main");
        AssertRefused(good with { Location = "" });
        AssertRefused(good with { Provider = "" });
        AssertRefused(good with { RepositoryId = "abc" });
    }

    private static void AssertRefused(RegisteredRepository repository)
    {
        BackupException failure = Assert.Throws<BackupException>(() => RegistrationCheck.Validate(repository));
        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.DoesNotContain("hunter2", failure.ToString());
    }
}
