using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using Xunit;

namespace BackupModule.Tests.Monitoring.Notifications;

public sealed class SyslogTests : IDisposable
{
    private const string Message =
        "Backup of shop failed; Nothing was stored.; The last good backup is of 2026-05-03.; "
        + "Error: The bucket is not there.; What to do: Check its name.; Duration=4.2 s, Files=17";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(AlertSeverity.Info, 30)]
    [InlineData(AlertSeverity.Warning, 28)]
    [InlineData(AlertSeverity.Critical, 26)]
    public async Task The_log_of_this_machine_gets_what_the_C_library_would_send(AlertSeverity severity, int priority)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sockets with paths");
        using Socket log = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        log.Bind(new UnixDomainSocketEndPoint(_folder["log"]));

        NotificationResult result = await Samples.DeliverAsync(
            new SyslogTarget { Place = _folder["log"] }, Samples.Failure with { Severity = severity });

        string time = Samples.Failure.Time.ToLocalTime().ToString("MMM  d HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal(
            $"<{priority}>{time} backupmodule[{Environment.ProcessId}]: {Message}", await ReceiveAsync(log));
        Assert.Contains(_folder["log"], result.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notification_is_one_line_of_bounded_length()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sockets with paths");
        using Socket log = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        log.Bind(new UnixDomainSocketEndPoint(_folder["log"]));

        await Samples.DeliverAsync(
            new SyslogTarget { Place = _folder["log"] },
            Samples.Failure with { Message = ["a\nb\0c\u001b[31m", .. Samples.Huge.Message] });

        string line = await ReceiveAsync(log);
        Assert.Contains("a b c [31m", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1_900, 2_048);
    }

    [Fact]
    public async Task Rsyslog_takes_it_for_what_it_is()
    {
        Assert.SkipUnless(Shell.Has("rsyslogd"), "needs rsyslogd");
        await File.WriteAllTextAsync(
            _folder["rsyslog.conf"],
            $$"""
            module(load="imuxsock" SysSock.Use="off")
            input(type="imuxsock" Socket="{{_folder["log"]}}" CreatePath="off")
            template(name="t" type="string" string="%syslogfacility-text% %syslogseverity-text% %programname% %procid% %msg%\n")
            action(type="omfile" file="{{_folder["out"]}}" template="t")
            """);
        using Process rsyslog = Process.Start(
            "rsyslogd", ["-n", "-f", _folder["rsyslog.conf"], "-i", _folder["pid"]])!;
        try
        {
            while (!File.Exists(_folder["log"]) && !rsyslog.HasExited)
            {
                await Task.Delay(20);
            }

            await Samples.DeliverAsync(new SyslogTarget { Place = _folder["log"] });
            while (!File.Exists(_folder["out"]) && !rsyslog.HasExited)
            {
                await Task.Delay(20);
            }
        }
        finally
        {
            rsyslog.Kill();
            await rsyslog.WaitForExitAsync();
        }

        Assert.Equal(
            $"daemon crit backupmodule {Environment.ProcessId}  {Message}\n", await File.ReadAllTextAsync(_folder["out"]));
    }

    [Fact]
    public async Task Another_machine_gets_RFC_5424_over_UDP()
    {
        using UdpClient log = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)log.Client.LocalEndPoint!).Port;

        await Samples.DeliverAsync(
            new SyslogTarget { Place = $"udp://127.0.0.1:{port}" }, Samples.Failure with { HostName = "web 1é" });

        Assert.Equal(
            $"<26>1 2026-05-04T03:02:01+02:00 web?1? backupmodule {Environment.ProcessId} BackupFailed - \uFEFF{Message}",
            Encoding.UTF8.GetString((await log.ReceiveAsync()).Buffer));
    }

    [Fact]
    public async Task TCP_frames_count_their_octets()
    {
        using TcpListener log = new(IPAddress.Loopback, 0);
        log.Start();
        Task<TcpClient> connection = log.AcceptTcpClientAsync();

        await Samples.DeliverAsync(
            new SyslogTarget { Place = $"tcp://127.0.0.1:{((IPEndPoint)log.LocalEndpoint).Port}" });

        using TcpClient client = await connection;
        using MemoryStream received = new();
        await client.GetStream().CopyToAsync(received);
        string[] parts = Encoding.UTF8.GetString(received.ToArray()).Split(' ', 2);
        Assert.Equal(Encoding.UTF8.GetByteCount(parts[1]).ToString(), parts[0]);
        Assert.EndsWith(Message, parts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_explained()
    {
        NotificationResult result = await Samples.SendAsync(new SyslogTarget { Place = _folder["none"] });

        Assert.Equal(BackupErrorKind.NotificationFailed, result.Failure!.Kind);
        Assert.Contains(_folder["none"], result.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("rsyslog", result.Failure.Guidance, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[10_000];
        int length = await socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
