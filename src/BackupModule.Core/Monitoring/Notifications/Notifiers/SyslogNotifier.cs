using System;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>
/// Writes to a system log, as the facility <c>daemon</c>: on this machine as the C library's <c>syslog()</c> does, to others
/// as RFC 5424 has it, over TCP with the octet counting of RFC 6587.
/// </summary>
internal sealed class SyslogNotifier(SyslogTarget target) : INotifier
{
    private const int Daemon = 3;
    private const string Tag = "backupmodule";

    // What every receiver of RFC 5424 should take.
    private const int MostBytes = 2048;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        try
        {
            if (target.SocketPath is { } path)
            {
                await SendLocalAsync(path, notification, cancellationToken).ConfigureAwait(false);
                return $"Written to the socket {path}.";
            }

            (bool isTcp, string host, int port) = target.Split();
            byte[] message = NotificationText.CutUtf8(Rfc5424(notification), MostBytes);
            if (isTcp)
            {
                await SendTcpAsync(host, port, message, cancellationToken).ConfigureAwait(false);
                return $"Sent to {target.Place}; this protocol has no answer.";
            }

            using UdpClient udp = new();
            await udp.Client.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            await udp.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return $"Sent to {target.Place}; UDP does not tell whether it arrives.";
        }
        catch (Exception failure) when (SendFailures.IsOfNetwork(failure))
        {
            throw target.SocketPath is { } path
                ? SendFailures.Permanent(
                    $"The system log cannot be written at {path}: {failure.Message}",
                    "Check that a system log (rsyslog, journald) runs here, or name one on the network.",
                    failure)
                : SendFailures.OfNetwork(failure, target.Place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static async Task SendLocalAsync(
        string path, Notification notification, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        DateTimeOffset time = notification.Time.ToLocalTime();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"<{Priority(notification)}>{time:MMM} {time.Day,2} {time:HH:mm:ss} {Tag}[{Environment.ProcessId}]: ");
        await socket.SendAsync(
            NotificationText.CutUtf8(head + NotificationText.OneLine(notification), MostBytes), cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task SendTcpAsync(
        string host, int port, byte[] message, CancellationToken cancellationToken)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
        NetworkStream stream = tcp.GetStream();
        await using (stream.ConfigureAwait(false))
        {
            byte[] count = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} "));
            await stream.WriteAsync((byte[])[.. count, .. message], cancellationToken).ConfigureAwait(false);
        }
    }

    // The byte order mark says that UTF-8 follows.
    private static string Rfc5424(Notification notification)
    {
        string head = string.Join(
            ' ',
            $"<{Priority(notification)}>1",
            NotificationText.Time(notification),
            Field(notification.HostName),
            Tag,
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            notification.Event.ToString(),
            "-");
        return $"{head} \uFEFF{NotificationText.OneLine(notification)}";
    }

    private static int Priority(Notification notification) => (Daemon * 8) + notification.Severity switch
    {
        AlertSeverity.Info => 6,
        AlertSeverity.Warning => 4,
        _ => 2,
    };

    // Printable ASCII without spaces; "-" stands for nothing.
    private static string Field(string text)
    {
        StringBuilder field = new(text.Length);
        foreach (char c in text)
        {
            field.Append(c is > ' ' and <= '~' ? c : '?');
        }

        return field.Length > 0 ? field.ToString() : "-";
    }
}
