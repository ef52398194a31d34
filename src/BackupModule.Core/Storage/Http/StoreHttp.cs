using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Http;

/// <summary>Connections to stores that speak HTTP: proxy, further certificate authorities, limits.</summary>
internal static class StoreHttp
{
    private const int ConnectionsPerServer = 64;
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(15);

    // A server behind a load balancer may move; connections must not pin the old address for ever.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long a request may take that moves all the time: a pack of 128 MB at 16 KB a second takes more than
    /// two hours. One that hangs is given up much sooner, see <see cref="HttpTraffic.StallLimit"/>.</summary>
    public static TimeSpan RequestLimit { get; } = TimeSpan.FromHours(3);

    /// <summary>A client for content of any size.</summary>
    /// <remarks>The client's own limit ends with the headers of an answer.</remarks>
    /// <exception cref="BackupException">See <see cref="CreateHandler"/>.</exception>
    public static HttpClient CreateClient(StoreSettings settings, HttpTraffic traffic) =>
        new(new TrafficHandler(CreateHandler(settings), traffic)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>A handler for the settings.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the file of authorities cannot be read or holds none.
    /// </exception>
    public static SocketsHttpHandler CreateHandler(StoreSettings settings)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = s_connectLimit,
            PooledConnectionLifetime = s_connectionLifetime,
            MaxConnectionsPerServer = ConnectionsPerServer,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        if (settings.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy);
        }

        if (settings.AuthorityFile is { } file)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = TrustedAuthorities.Read(file);
        }

        return handler;
    }
}
