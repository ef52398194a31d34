using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class SecretReferenceTests
{
    [Theory]
    [InlineData("env:BACKUP_PW", SecretScheme.Environment, "BACKUP_PW")]
    [InlineData("file:/etc/backup pw", SecretScheme.File, "/etc/backup pw")]
    [InlineData("command:pass show 'a b:c'", SecretScheme.Command, "pass show 'a b:c'")]
    [InlineData("vault:Local/backup/main", SecretScheme.Vault, "Local/backup/main")]
    public void A_reference_is_a_scheme_and_a_target(string text, SecretScheme scheme, string target)
    {
        SecretReference reference = SecretReference.Parse(text);

        Assert.Equal(scheme, reference.Scheme);
        Assert.Equal(target, reference.Target);
        Assert.Equal(text, reference.ToString());
        Assert.Equal(reference, SecretReference.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("hunter2:env")]
    [InlineData("ENV:hunter2")]
    [InlineData(":hunter2")]
    [InlineData("env:")]
    [InlineData("env:hunter2=1")]
    [InlineData("file:hunter2")]
    [InlineData("command: ")]
    [InlineData("command:hunter2 'open")]
    [InlineData("command:'' hunter2")]
    [InlineData("vault:hunter2")]
    [InlineData("vault:/hunter2")]
    [InlineData("vault:hunter2/")]
    public void What_is_no_reference_is_refused_without_being_repeated(string text)
    {
        BackupException failure = Assert.Throws<BackupException>(() => SecretReference.Parse(text));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.NotNull(failure.Guidance);
        Assert.DoesNotContain("hunter2", failure.ToString() + failure.Guidance + failure.Subject);
    }

    [Fact]
    public void A_plain_password_is_directed_to_SecureString() => Assert.Contains(
        "SecureString",
        Assert.Throws<BackupException>(() => SecretReference.Parse("correct horse")).Guidance);
}
