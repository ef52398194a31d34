using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class HealthCheckTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/health", false)]
    [InlineData("https://shop.example/up?deep=1", false)]
    [InlineData("tcp://127.0.0.1:5432", true)]
    [InlineData("tcp://[::1]:5432/", true)]
    public void Pages_and_ports_can_be_asked(string text, bool isPort)
    {
        HealthCheck check = HealthCheck.Parse(text);

        Assert.Equal((isPort, text), (check.IsPort, check.ToString()));
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "no address")]
    [InlineData("localhost/health", "no address")]
    [InlineData("/health", "no address")]
    [InlineData("", "no address")]
    [InlineData("http://", "no address")]
    [InlineData("ftp://127.0.0.1/x", "'ftp', which is not known")]
    [InlineData("tcp://127.0.0.1", "host with a port")]
    [InlineData("tcp://127.0.0.1:80/health", "host with a port")]
    [InlineData("tcp://127.0.0.1:99999", "no address")]
    public void Anything_else_is_refused_with_what_is_wrong(string text, string words)
    {
        BackupException refusal = Assert.Throws<BackupException>(() => HealthCheck.Parse(text));

        Assert.Equal(BackupErrorKind.InvalidArgument, refusal.Kind);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("tcp://", refusal.Guidance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://admin:hunter2@127.0.0.1/health")]
    [InlineData("http//admin:hunter2@127.0.0.1/health")]
    public void A_password_is_neither_kept_nor_repeated(string text)
    {
        BackupException refusal = Assert.Throws<BackupException>(() => HealthCheck.Parse(text));

        Assert.Contains("never stored", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }
}
