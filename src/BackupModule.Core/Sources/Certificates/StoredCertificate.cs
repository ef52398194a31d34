using System;

namespace BackupModule.Core.Sources.Certificates;

/// <summary>A certificate of one of the operating system's stores.</summary>
/// <param name="Thumbprint">The SHA-1 of the certificate, in hexadecimal digits, by which the stores name it.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Certificate">The certificate alone, in DER.</param>
/// <param name="KeyAndCertificate">With its private key, as PKCS #12 without a password; null where it has no key, or the
/// store does not give it away.</param>
/// <param name="HasPrivateKey">True if the store has a private key for it.</param>
public sealed record StoredCertificate(
    string Thumbprint,
    string Subject,
    ReadOnlyMemory<byte> Certificate,
    ReadOnlyMemory<byte>? KeyAndCertificate,
    bool HasPrivateKey);
