using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Sources.Certificates;

/// <summary>Reads the operating system's certificate stores: those of Windows, and the user's own of .NET elsewhere.</summary>
public static class CertificateStoreReader
{
    /// <summary>All certificates of a store.</summary>
    /// <param name="name">The store as <c>LocalMachine/My</c> or <c>CurrentUser/WebHosting</c>.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: no name of a store; <c>SourceUnreadable</c>: it is not there
    /// or cannot be read.</exception>
    public static IReadOnlyList<StoredCertificate> Read(string name)
    {
        (StoreLocation location, string store) = Parse(name);
        try
        {
            using X509Store open = new(store, location);
            open.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return [.. open.Certificates.Select(Export)];
        }
        catch (CryptographicException failure)
        {
            throw new BackupException(
                BackupErrorKind.SourceUnreadable,
                $"The certificate store '{name}' cannot be read: {failure.Message}",
                "Check its name, and the rights of the user that runs the backup.",
                failure)
            {
                Subject = name,
            };
        }
    }

    /// <summary>Checks the name of a store.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static (StoreLocation Location, string Store) Parse(string name)
    {
        string[] parts = name.Split('/', '\\');
        return parts.Length == 2 && parts[1].Length > 0
            && Enum.TryParse(parts[0], ignoreCase: true, out StoreLocation location) && Enum.IsDefined(location)
            ? (location, parts[1])
            : throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{name}' names no certificate store.",
                "Write LocalMachine/My, CurrentUser/My or the like.")
            {
                Subject = name,
            };
    }

    private static StoredCertificate Export(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return new StoredCertificate(
                certificate.Thumbprint, certificate.Subject, certificate.RawData, ExportKey(certificate), certificate.HasPrivateKey);
        }
    }

    private static byte[]? ExportKey(X509Certificate2 certificate)
    {
        try
        {
            return certificate.HasPrivateKey ? certificate.Export(X509ContentType.Pkcs12, password: (string?)null) : null;
        }
        catch (CryptographicException)
        {
            // The key was imported as one that never leaves its store.
            return null;
        }
    }
}
