using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Http;

/// <summary>Certificate authorities that are trusted besides the system's.</summary>
internal static class TrustedAuthorities
{
    /// <summary>A check of server certificates that also trusts the authorities in a PEM file.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the file cannot be read or holds no certificate.
    /// </exception>
    public static RemoteCertificateValidationCallback Read(string file) => TrustAlso(ReadAuthorities(file));

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
