using System;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>TLS to a PostgreSQL server, by the rules of <c>SSL Mode</c> in its connection string.</summary>
internal static class ServerCertificate
{
    // SSLRequest, in the place of a protocol version.
    private static readonly byte[] s_request = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    /// <summary>Asks for TLS where it is wanted.</summary>
    /// <returns>The stream to go on with.</returns>
    /// <exception cref="AuthenticationException">TLS is required and not to be had, or the certificate is not trusted.
    /// </exception>
    public static async Task<Stream> NegotiateAsync(
        Stream stream, ServerAddress address, CancellationToken cancellationToken)
    {
        SslMode mode = address.Settings.SslMode;
        if (mode is SslMode.Disable or SslMode.Allow || address.IsSocket)
        {
            return stream;
        }

        await stream.WriteAsync(s_request, cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        if (answer[0] != 'S')
        {
            return mode == SslMode.Prefer
                ? stream
                : throw new AuthenticationException("it does not speak TLS, which the connection string requires.");
        }

        SslStream secure = new(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        IsTrusted(mode, address.Settings.RootCertificate, certificate as X509Certificate2, chain, errors),
                },
                cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The hash of the server's certificate that a login is bound to (RFC 5929); null without TLS.</summary>
    public static byte[]? FindBinding(Stream stream)
    {
        if (stream is not SslStream { RemoteCertificate: X509Certificate2 certificate })
        {
            return null;
        }

        return certificate.SignatureAlgorithm.FriendlyName switch
        {
            { } name when name.Contains("sha384", StringComparison.OrdinalIgnoreCase) => SHA384.HashData(certificate.RawData),
            { } name when name.Contains("sha512", StringComparison.OrdinalIgnoreCase) => SHA512.HashData(certificate.RawData),
            { } name when name.Contains("sha", StringComparison.OrdinalIgnoreCase)
                || name.Contains("md5", StringComparison.OrdinalIgnoreCase) => SHA256.HashData(certificate.RawData),

            // No hash is known for others, such as Ed25519.
            _ => null,
        };
    }

    private static bool IsTrusted(
        SslMode mode, string? rootPath, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (mode is SslMode.Prefer or SslMode.Require && rootPath is null)
        {
            return true;
        }

        if (certificate is null || chain is null
            || (mode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)))
        {
            return false;
        }

        if (rootPath is null)
        {
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        }

        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(rootPath);
        return chain.Build(certificate);
    }
}
