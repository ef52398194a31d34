using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Http;

/// <summary>Says in the engine's terms what kept a request from being answered.</summary>
internal static class HttpFailures
{
    /// <summary>True for what can go wrong between us and a server.</summary>
    public static bool IsOne(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or AuthenticationException;

    /// <summary>The failure of a request that got no whole answer.</summary>
    /// <param name="failure">What was thrown; a cancellation that nobody asked for is a time limit that ran out.</param>
    /// <param name="action">What was tried, e.g. <c>read data/ab/…</c>.</param>
    /// <param name="location">The store.</param>
    public static BackupException Translate(Exception failure, string action, string location)
    {
        (string what, string guidance, bool isTransient) = Find<AuthenticationException>(failure) is { } tls
            ? (
                $"the server's certificate is not trusted: {tls.Message}",
                "Give the authority that signed it with -CertificateAuthority, and check the name in -Endpoint.",
                false)
            : failure is OperationCanceledException
                ? ("the server did not answer in time", "Check the network and the server.", true)
                : Find<SocketException>(failure) is { } socket
                    ? Describe(socket)
                    : (failure.Message, "Check the network and the server.", true);
        return new BackupException(
            BackupErrorKind.StorageFailure, $"Cannot {action} in {location}: {what}", guidance, failure)
        {
            Subject = location,
            IsTransient = isTransient,
        };
    }

    private static (string What, string Guidance, bool IsTransient) Describe(SocketException failure) =>
        failure.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => (
                "the server's name is not known", "Check -Endpoint and -Region, and the machine's name resolution.", true),
            SocketError.ConnectionRefused => (
                "the server refuses connections", "Check that it runs, and the port in -Endpoint.", true),
            _ => (failure.Message, "Check the network, the proxy and the server.", true),
        };

    /// <summary>The exception itself or the outermost cause of the type; null if there is none.</summary>
    public static T? Find<T>(Exception failure)
        where T : Exception
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is T found)
            {
                return found;
            }
        }

        return null;
    }
}
