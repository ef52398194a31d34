using System;
using System.IO;
using System.Runtime.Versioning;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Encryption.Keys;

public sealed class SecretResolverTests
{
    [Fact]
    public async Task A_variable_is_taken_as_it_is()
    {
        string name = "BACKUPMODULE_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, " pässword ");

        Assert.Equal(" pässword ", await ReadAsync("env:" + name));

        Environment.SetEnvironmentVariable(name, null);
        await AssertUnavailableAsync("env:" + name);
    }

    [Theory]
    [InlineData("utf-8", "pä ss\r\n")]
    [InlineData("utf-16", "\n pä ss\n")]
    [InlineData("utf-16BE", "pä ss")]
    public async Task A_file_is_decoded_by_its_byte_order_mark_and_trimmed(string encoding, string content)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, []);
        await File.WriteAllTextAsync(path, content, Encoding.GetEncoding(encoding));

        Assert.Equal("pä ss", await ReadAsync("file:" + path));
    }

    [Fact]
    public async Task Bytes_of_a_file_that_are_not_UTF8_are_kept()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, [0xc2, 0xa0, 0xff, 0xfe, (byte)' ', 0xe2, 0x80, 0x83, (byte)'\n']);

        using Secret secret = await ResolveAsync("file:" + path);

        Assert.Equal([0xff, 0xfe], secret.Utf8.ToArray());
    }

    [Theory]
    [UnsupportedOSPlatform("windows")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public async Task A_file_that_others_can_read_is_refused(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");
        using TemporaryFolder folder = new();
        string path = Write(folder, "open"u8.ToArray());
        File.SetUnixFileMode(path, mode);

        BackupException failure = await AssertUnavailableAsync("file:" + path);

        Assert.Contains("chmod 600", failure.Guidance);
    }

    [Fact]
    public async Task A_file_that_holds_no_secret_is_refused()
    {
        using TemporaryFolder folder = new();
        await AssertUnavailableAsync("file:" + Path.Combine(folder.Path, "absent"));
        await AssertUnavailableAsync("file:" + folder.Path);
        await AssertUnavailableAsync("file:" + Write(folder, " \n"u8.ToArray()));
        await AssertUnavailableAsync("file:" + Write(folder, new byte[70_000]));
    }

    [Fact]
    public async Task A_program_gives_what_it_prints_without_a_shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a Unix shell to run as the program");

        Assert.Equal("$HOME", await ReadAsync("command:echo $HOME"));
        Assert.Equal("pässword", await ReadAsync("command:sh -c 'cat; echo noise >&2; echo \" pässword \"'"));
    }

    [Fact]
    public async Task A_program_that_fails_is_named_with_its_exit_code_and_never_with_its_output()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a Unix shell to run as the program");

        BackupException failure =
            await AssertUnavailableAsync("command:sh -c 'echo hunter2; echo hunter2 >&2; exit 7'");

        Assert.Contains("exit code 7", failure.Message);
        Assert.DoesNotContain("hunter2", failure.ToString() + failure.Guidance + failure.Subject);
    }

    [Fact]
    public async Task A_program_that_prints_nothing_or_too_much_or_is_absent_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix programs");

        BackupException failure = await AssertUnavailableAsync("command:true hunter2");
        Assert.DoesNotContain("hunter2", failure.Message);
        await AssertUnavailableAsync("command:yes");
        await AssertUnavailableAsync("command:/no/such/program");
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix programs");
        using TemporaryFolder folder = new();
        string pidFile = Path.Combine(folder.Path, "pid");
        SecretResolver resolver = new(time: new HastyClock());
        SecretReference reference = SecretReference.Parse($"command:sh -c 'echo $$ > {pidFile}; sleep 300; echo late'");

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => resolver.ResolveAsync(reference, CancellationToken.None));

        Assert.Equal(BackupErrorKind.SecretUnavailable, failure.Kind);
        Assert.Contains("60 seconds", failure.Message);
        string pid = (await File.ReadAllTextAsync(pidFile)).Trim();
        string status = $"/proc/{pid}/status";
        Assert.True(!File.Exists(status) || (await File.ReadAllTextAsync(status)).Contains("zombie"));
    }

    [Fact]
    public async Task A_cancelled_call_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix programs");
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SecretResolver().ResolveAsync(
            SecretReference.Parse("command:sleep 300"),
            stop.Token));
    }

    [Fact]
    public async Task A_vault_is_read_through_the_delegate()
    {
        SecretResolver resolver = new((vault, name, _) =>
            Task.FromResult(name == "backup/main" ? new Secret(vault + "!") : null));

        using Secret secret =
            await resolver.ResolveAsync(SecretReference.Parse("vault:Local/backup/main"), CancellationToken.None);

        Assert.True("Local!"u8.SequenceEqual(secret.Utf8));
        await AssertUnavailableAsync("vault:Local/other", resolver);
    }

    [Fact]
    public async Task Without_vaults_the_error_says_what_to_install()
    {
        BackupException failure = await AssertUnavailableAsync("vault:Local/backup");

        Assert.Contains("SecretManagement", failure.Guidance);
    }

    private static string Write(TemporaryFolder folder, byte[] content)
    {
        string path = Path.Combine(folder.Path, Guid.NewGuid().ToString("N"));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream stream = new(path, options);
        stream.Write(content);
        return path;
    }

    private static Task<Secret> ResolveAsync(string reference) =>
        new SecretResolver().ResolveAsync(SecretReference.Parse(reference), CancellationToken.None);

    private static async Task<string> ReadAsync(string reference)
    {
        using Secret secret = await ResolveAsync(reference);
        return Encoding.UTF8.GetString(secret.Utf8);
    }

    private static async Task<BackupException> AssertUnavailableAsync(string reference, SecretResolver? resolver = null)
    {
        BackupException failure = await Assert.ThrowsAsync<BackupException>(() =>
            (resolver ?? new SecretResolver()).ResolveAsync(SecretReference.Parse(reference), CancellationToken.None));
        Assert.Equal(BackupErrorKind.SecretUnavailable, failure.Kind);
        Assert.NotNull(failure.Guidance);
        return failure;
    }

    /// <summary>A clock on which a minute takes half a second.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 120, period);
    }
}
