using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using BackupModule.Core.Monitoring.Notifications.Channels;
using Xunit;

namespace BackupModule.Tests.Servers;

/// <summary>A real mail server on loopback, <c>tests/servers/smtp-sink.py</c>, that keeps what it takes.</summary>
internal sealed class SmtpServer : IDisposable
{
    /// <summary>What the server takes from the user called <c>user</c>.</summary>
    public const string Password = "secret horse";

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public SmtpServer(SmtpSecurity security)
    {
        Assert.SkipUnless(Shell.Has("aiosmtpd"), "needs aiosmtpd");
        Shell.Run(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost "
            + "-addext subjectAltName=DNS:localhost 2>/dev/null; mkdir mail",
            _folder.Path);
        string mode = security switch
        {
            SmtpSecurity.StartTls => "starttls",
            SmtpSecurity.Tls => "tls",
            _ => "plain",
        };
        _process = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "servers", "smtp-sink.py"), _folder["mail"], mode, _folder["cert.pem"], _folder["key.pem"]])
        {
            RedirectStandardOutput = true,
        })!;
        string ready = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The mail server ended.");
        Target = new SmtpTarget
        {
            Host = "localhost",
            Port = int.Parse(ready.Split(' ')[1], CultureInfo.InvariantCulture),
            Security = security,
            From = "Backup <backup@example.com>",
            To = ["ops@example.com"],
            AuthorityFile = security == SmtpSecurity.None ? null : _folder["cert.pem"],
        };
    }

    /// <summary>The settings to reach it with, trusting its certificate, without a login.</summary>
    public SmtpTarget Target { get; }

    /// <summary>The messages taken so far, each with the envelope in front.</summary>
    public string[] Mails => [.. Directory.GetFiles(_folder["mail"], "*.eml").Order().Select(File.ReadAllText)];

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
