using System;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>A key file (<c>keys/&lt;id&gt;</c>): the master key, sealed by a key that a password derives.</summary>
public sealed record KeyFile
{
    /// <summary>When the key was made, RFC 3339.</summary>
    [JsonPropertyName("created")]
    public string Created { get; init; } = string.Empty;

    /// <summary>Who made it; for information.</summary>
    [JsonPropertyName("username")]
    public string UserName { get; init; } = string.Empty;

    /// <summary>On which machine it was made; for information.</summary>
    [JsonPropertyName("hostname")]
    public string HostName { get; init; } = string.Empty;

    /// <summary>Always <c>scrypt</c>.</summary>
    [JsonPropertyName("kdf")]
    public string Kdf { get; init; } = "scrypt";

    /// <summary>scrypt's cost.</summary>
    [JsonPropertyName("N")]
    public int N { get; init; }

    /// <summary>scrypt's block size.</summary>
    [JsonPropertyName("r")]
    public int R { get; init; }

    /// <summary>scrypt's parallelisation.</summary>
    [JsonPropertyName("p")]
    public int P { get; init; }

    /// <summary>64 random bytes.</summary>
    [JsonPropertyName("salt")]
    public byte[] Salt { get; init; } = [];

    /// <summary>The master key's JSON in a container sealed by the derived key.</summary>
    [JsonPropertyName("data")]
    public byte[] Data { get; init; } = [];

    /// <summary>Makes a key file that opens with the password.</summary>
    /// <param name="masterKey">The repository's master key.</param>
    /// <param name="password">The password's UTF-8 bytes.</param>
    /// <param name="parameters">How hard scrypt works.</param>
    public static KeyFile Create(
        MasterKey masterKey, ReadOnlySpan<byte> password, KeyDerivationParameters parameters)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(KeyDerivation.SaltSize);
        ContainerCipher seal = new(KeyDerivation.Derive(password, salt, parameters));
        byte[] secret = JsonSerializer.SerializeToUtf8Bytes(
            new MasterKeyJson(
                new MacJson(masterKey.AuthenticatorKey.ToArray(), masterKey.AuthenticatorMultiplier.ToArray()),
                masterKey.Encrypt.ToArray()),
            KeyJsonContext.Default.MasterKeyJson);
        try
        {
            return new KeyFile
            {
                N = parameters.N,
                R = parameters.R,
                P = parameters.P,
                Salt = salt,
                Data = seal.Seal(secret),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Reads a key file.</summary>
    /// <exception cref="JsonException">It is not JSON of the right shape.</exception>
    public static KeyFile Decode(ReadOnlySpan<byte> json)
    {
        KeyFile file = JsonSerializer.Deserialize(json, KeyJsonContext.Default.KeyFile)
            ?? throw new JsonException("The key is null.");
        return file is { Kdf: not null, Salt: not null, Data: not null }
            ? file with
            {
                Created = file.Created ?? string.Empty,
                UserName = file.UserName ?? string.Empty,
                HostName = file.HostName ?? string.Empty,
            }
            : throw new JsonException("The key lacks its derivation, salt or data.");
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, KeyJsonContext.Default.KeyFile);

    /// <summary>The master key, if the password is this key's; else null.</summary>
    /// <exception cref="CryptographicException">The file asks for something other than acceptable scrypt.</exception>
    /// <exception cref="JsonException">What the password opens is not a master key.</exception>
    public MasterKey? Open(ReadOnlySpan<byte> password)
    {
        if (Kdf != "scrypt")
        {
            throw new CryptographicException($"The key derivation '{Kdf}' is not known.");
        }

        ContainerCipher seal = new(KeyDerivation.Derive(password, Salt, new KeyDerivationParameters(N, R, P)));
        if (seal.Open(Data) is not { } secret)
        {
            return null;
        }

        MasterKeyJson json = JsonSerializer.Deserialize(secret, KeyJsonContext.Default.MasterKeyJson)
            ?? throw new JsonException("The master key is null.");
        CryptographicOperations.ZeroMemory(secret);
        if (json.Encrypt is not { Length: 32 } || json.Mac is not { K.Length: 16, R.Length: 16 })
        {
            throw new JsonException("The master key's parts have the wrong lengths.");
        }

        return new MasterKey([.. json.Encrypt, .. json.Mac.K, .. json.Mac.R]);
    }

    internal sealed record MasterKeyJson(
        [property: JsonPropertyName("mac")] MacJson Mac,
        [property: JsonPropertyName("encrypt")] byte[] Encrypt);

    internal sealed record MacJson(
        [property: JsonPropertyName("k")] byte[] K,
        [property: JsonPropertyName("r")] byte[] R);
}
