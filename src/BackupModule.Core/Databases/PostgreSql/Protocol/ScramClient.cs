using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>One login by SCRAM-SHA-256 (RFC 5802, RFC 7677), with channel binding <c>tls-server-end-point</c> (RFC 5929)
/// where the connection has a certificate.</summary>
/// <param name="password">The password.</param>
/// <param name="certificateHash">The hash of the server's certificate; null without TLS, or where the server does not bind.
/// </param>
/// <param name="nonce">The client's random text.</param>
internal sealed class ScramClient(string password, byte[]? certificateHash, string nonce)
{
    private const int MaxIterations = 10_000_000;

    private byte[] _serverSignature = [];

    /// <summary>The name of the mechanism.</summary>
    public string Mechanism => certificateHash is null ? "SCRAM-SHA-256" : "SCRAM-SHA-256-PLUS";

    // The server takes the user's name from the startup message.
    private string Bare => $"n=,r={nonce}";

    private string Header => certificateHash is null ? "n,," : "p=tls-server-end-point,,";

    /// <summary>A login with a random nonce.</summary>
    public static ScramClient Start(string password, byte[]? certificateHash) =>
        new(password, certificateHash, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));

    /// <summary>The client's first message.</summary>
    public byte[] First() => Encoding.UTF8.GetBytes(Header + Bare);

    /// <summary>The client's answer to the server's first message.</summary>
    /// <exception cref="IOException">The server does not keep to the protocol.</exception>
    public byte[] Answer(string serverFirst)
    {
        Dictionary<char, string> fields = Read(serverFirst);
        string serverNonce = Require(fields, 'r');
        if (!serverNonce.StartsWith(nonce, StringComparison.Ordinal) || serverNonce.Length == nonce.Length
            || !int.TryParse(Require(fields, 'i'), CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > MaxIterations)
        {
            throw new IOException("The server's part of the login is not SCRAM.");
        }

        byte[] binding = [.. Encoding.UTF8.GetBytes(Header), .. certificateHash ?? []];
        string withoutProof = $"c={Convert.ToBase64String(binding)},r={serverNonce}";
        byte[] transcript = Encoding.UTF8.GetBytes($"{Bare},{serverFirst},{withoutProof}");

        // SASLprep (RFC 4013) of a password is, for all that people type, its normal form KC.
        byte[] secret = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            secret, Convert.FromBase64String(Require(fields, 's')), iterations, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), transcript);
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), transcript);
        byte[] proof = [.. clientKey.Zip(signature, static (key, sign) => (byte)(key ^ sign))];
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Checks that the server knows the password, too.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public void Finish(string serverFinal)
    {
        byte[] signature = Convert.FromBase64String(Require(Read(serverFinal), 'v'));
        if (!CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
        {
            throw new IOException("The server could not prove that it knows the password: it is not the one it claims to be.");
        }
    }

    private static Dictionary<char, string> Read(string message) => message.Split(',')
        .Where(static field => field.Length >= 2 && field[1] == '=')
        .ToDictionary(static field => field[0], static field => field[2..]);

    private static string Require(Dictionary<char, string> fields, char name) =>
        fields.TryGetValue(name, out string? value) ? value : throw new IOException("The server's part of the login is not SCRAM.");
}
