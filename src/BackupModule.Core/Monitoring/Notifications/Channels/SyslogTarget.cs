using System;
using System.IO;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>The system log of this machine, or of another one.</summary>
public sealed record SyslogTarget : ChannelTarget
{
    /// <summary>Stands for the log of this machine.</summary>
    public const string Local = "local";

    private const string LocalSocket = "/dev/log";
    private const int DefaultPort = 514;

    /// <summary><see cref="Local"/>, the path of a datagram socket, <c>udp://HOST:PORT</c> or <c>tcp://HOST:PORT</c>; the
    /// port is 514 if it is left out.</summary>
    public required string Place { get; init; }

    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Syslog;

    /// <inheritdoc/>
    public override string Address => Place;

    /// <summary>The path of the datagram socket; null where the log is reached over the network.</summary>
    internal string? SocketPath => Place == Local ? LocalSocket : Path.IsPathFullyQualified(Place) ? Place : null;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (SocketPath is null)
        {
            _ = Split();
        }
    }

    /// <summary>The server on the network.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    internal (bool IsTcp, string Host, int Port) Split()
    {
        if (!Uri.TryCreate(Place, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("udp" or "tcp")
            || uri.IdnHost.Length == 0
            || uri.PathAndQuery is not ("" or "/")
            || uri.UserInfo.Length > 0)
        {
            throw Refuse(
                "The text names no system log.",
                $"Give '{Local}', the full path of a socket such as {LocalSocket}, udp://HOST:PORT or tcp://HOST:PORT.");
        }

        return (uri.Scheme == "tcp", uri.IdnHost, uri.Port > 0 ? uri.Port : DefaultPort);
    }
}
