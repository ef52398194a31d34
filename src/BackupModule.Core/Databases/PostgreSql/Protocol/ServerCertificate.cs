using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
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
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the root certificate cannot be read.</exception>
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

        X509Certificate2Collection? roots = ReadRoots(address);
        string? complaint = null;
        SslStream secure = new(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        (complaint = FindComplaint(address, roots, certificate as X509Certificate2, chain, errors)) is null,
                },
                cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (Exception failure)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            if (complaint is not null && failure is AuthenticationException)
            {
                throw new AuthenticationException(complaint, failure);
            }

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

    private static X509Certificate2Collection? ReadRoots(ServerAddress address)
    {
        if (address.Settings.RootCertificate is not { } path)
        {
            return null;
        }

        X509Certificate2Collection roots = [];
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unreadable(path, failure.Message, failure);
        }

        return roots.Count > 0 ? roots : throw Unreadable(path, "there is no certificate in it.", null);
    }

    private static BackupException Unreadable(string path, string why, Exception? failure) => new(
        BackupErrorKind.InvalidArgument,
        $"The root certificate '{path}' of the connection string cannot be read: {why}",
        "Give a file in PEM format with the certificate of the authority that signed the server's.",
        failure)
    {
        Subject = path,
    };

    // Null where the certificate is good enough for the mode.
    private static string? FindComplaint(
        ServerAddress address, X509Certificate2Collection? roots, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        SslMode mode = address.Settings.SslMode;
        if (mode is SslMode.Prefer or SslMode.Require && roots is null)
        {
            return null;
        }

        if (certificate is null || chain is null)
        {
            return "it shows no certificate.";
        }

        if (mode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate is for {NamesOf(certificate)}, and not for {address.Host}.";
        }

        if (roots is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            if (chain.Build(certificate))
            {
                return null;
            }
        }
        else if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return null;
        }

        string found = string.Join(", ", chain.ChainStatus.Select(static status => status.StatusInformation.Trim()).Distinct());
        return $"its certificate is signed by no authority that is trusted here, or is not valid: {found}";
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] all = names is null
            ? []
            : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(static address => address.ToString())];
        return all.Length > 0 ? string.Join(", ", all) : certificate.Subject;
    }
}
