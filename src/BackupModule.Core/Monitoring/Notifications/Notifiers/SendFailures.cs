using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Http;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Says what kept a notification from being sent.</summary>
internal static class SendFailures
{
    private const string CheckTheNetwork = "Check the network and the server.";

    /// <summary>A failure that stays.</summary>
    public static BackupException Permanent(string message, string guidance, Exception? inner = null) =>
        new(BackupErrorKind.NotificationFailed, message, guidance, inner);

    /// <summary>A failure that may pass.</summary>
    public static SendException Passing(
        string message, string guidance = CheckTheNetwork, TimeSpan? retryAfter = null, Exception? inner = null) => new(
            new BackupException(BackupErrorKind.NotificationFailed, message, guidance, inner) { IsTransient = true },
            retryAfter);

    /// <summary>True for what can go wrong on the way to a server.</summary>
    public static bool IsOfNetwork(Exception failure) => failure is HttpRequestException or IOException or SocketException;

    /// <summary>The failure of an exchange that broke off.</summary>
    /// <param name="failure">What <see cref="IsOfNetwork"/> knows.</param>
    /// <param name="server">The server, without secrets.</param>
    public static Exception OfNetwork(Exception failure, string server)
    {
        if (HttpFailures.Find<AuthenticationException>(failure) is { } tls)
        {
            return Untrusted(server, tls);
        }

        return HttpFailures.Find<SocketException>(failure)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => Passing(
                $"The name of the server {server} is not known.",
                "Check the name, and the machine's name resolution.",
                inner: failure),
            SocketError.ConnectionRefused => Passing(
                $"The server {server} refuses connections.", "Check that it runs, and the port.", inner: failure),
            _ => Passing($"The exchange with {server} broke off: {failure.Message}", inner: failure),
        };
    }

    /// <summary>The failure where a certificate is not trusted.</summary>
    public static BackupException Untrusted(string server, Exception inner) => Permanent(
        $"The certificate of {server} is not trusted.",
        "Check the server's name; -CertificateAuthority trusts the authority that signed a certificate of your own.",
        inner);
}
