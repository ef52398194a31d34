using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
            handler.SslOptions.RemoteCertificateValidationCallback = TrustAlso(ReadAuthorities(file));
        }

        return handler;
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Refuse($"The certificate authorities in {file} cannot be read: {failure.Message}", file);
        }

        return authorities.Count > 0 ? authorities : throw Refuse($"There is no certificate in {file}.", file);
    }

    private static BackupException Refuse(string message, string file) => new(
        BackupErrorKind.InvalidArgument, message, "Give -CertificateAuthority a PEM file of certificates.")
    {
        Subject = file,
    };

    // The system's authorities stay trusted. A wrong name is never forgiven.
    private static RemoteCertificateValidationCallback TrustAlso(X509Certificate2Collection authorities) =>
        (_, certificate, presented, errors) =>
        {
            if (errors == SslPolicyErrors.None)
            {
                return true;
            }

            if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            {
                return false;
            }

            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            if (presented is not null)
            {
                chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
                foreach (X509ChainElement element in presented.ChainElements)
                {
                    chain.ChainPolicy.ExtraStore.Add(element.Certificate);
                }
            }

            using X509Certificate2 server = new(certificate);
            return chain.Build(server);
        };
}
