using System;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Proves to a webhook's receiver who sent a request, and when: HMAC-SHA-256 of the time, a dot, and the content.
/// </summary>
/// <remarks>A receiver computes the same from what came, compares in constant time, and refuses times that are minutes old:
/// an attacker who records a request can neither change its time nor use it later.</remarks>
internal static class WebhookSignature
{
    /// <summary>The header of the signature.</summary>
    public const string Header = "X-Signature-256";

    /// <summary>The header of the time, in seconds since 1970.</summary>
    public const string TimestampHeader = "X-Timestamp";

    /// <summary>The signature: <c>sha256=</c> and 64 hexadecimal digits.</summary>
    public static string Make(byte[] key, string timestamp, byte[] content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hash.AppendData("."u8);
        hash.AppendData(content);
        return "sha256=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
