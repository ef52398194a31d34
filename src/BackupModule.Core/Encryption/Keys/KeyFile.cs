using System;
using System.Security.Cryptography;
using System.Text.Json;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>A key file (<c>keys/&lt;id&gt;</c>): the master key, sealed by a key that a password derives.</summary>
public sealed record KeyFile
{
    /// <summary>When the key was made, RFC 3339.</summary>
    public string Created { get; init; } = string.Empty;

    /// <summary>Who made it; for information.</summary>
    public string UserName { get; init; } = string.Empty;

    /// <summary>On which machine it was made; for information.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>Always <c>scrypt</c>.</summary>
    public string Kdf { get; init; } = "scrypt";

    /// <summary>scrypt's cost.</summary>
    public int N { get; init; }

    /// <summary>scrypt's block size.</summary>
    public int R { get; init; }

    /// <summary>scrypt's parallelisation.</summary>
    public int P { get; init; }

    /// <summary>64 random bytes.</summary>
    public byte[] Salt { get; init; } = [];

    /// <summary>The master key's JSON in a container sealed by the derived key.</summary>
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
        byte[] secret = JsonFile.Encode(writer =>
        {
            writer.WriteStartObject("mac"u8);
            writer.WriteBase64String("k"u8, masterKey.AuthenticatorKey);
            writer.WriteBase64String("r"u8, masterKey.AuthenticatorMultiplier);
            writer.WriteEndObject();
            writer.WriteBase64String("encrypt"u8, masterKey.Encrypt);
        });
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
    public static KeyFile Decode(ReadOnlySpan<byte> json) => JsonFile.Decode(json, Read);

    /// <summary>The file's bytes.</summary>
    public byte[] Encode() => JsonFile.Encode(Write);

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

        try
        {
            return JsonFile.Decode(secret, ReadMasterKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("created"u8, Created);
        writer.WriteString("username"u8, UserName);
        writer.WriteString("hostname"u8, HostName);
        writer.WriteString("kdf"u8, Kdf);
        writer.WriteNumber("N"u8, N);
        writer.WriteNumber("r"u8, R);
        writer.WriteNumber("p"u8, P);
        writer.WriteBase64String("salt"u8, Salt);
        writer.WriteBase64String("data"u8, Data);
    }

    private static KeyFile Read(JsonElement json) => new()
    {
        Created = json.Text("created"u8) ?? string.Empty,
        UserName = json.Text("username"u8) ?? string.Empty,
        HostName = json.Text("hostname"u8) ?? string.Empty,
        Kdf = json.Member("kdf"u8) is { } kdf
            ? kdf.GetString() ?? throw new JsonException("The key lacks its derivation.")
            : "scrypt",
        N = json.Int32("N"u8),
        R = json.Int32("r"u8),
        P = json.Int32("p"u8),
        Salt = json.Bytes("salt"u8),
        Data = json.Bytes("data"u8),
    };

    private static MasterKey ReadMasterKey(JsonElement json)
    {
        byte[] encrypt = json.Bytes("encrypt"u8);
        JsonElement mac = json.Member("mac"u8) ?? default;
        byte[] k = mac.Bytes("k"u8);
        byte[] r = mac.Bytes("r"u8);
        return (encrypt.Length, k.Length, r.Length) == (32, 16, 16)
            ? new MasterKey([.. encrypt, .. k, .. r])
            : throw new JsonException("The master key's parts have the wrong lengths.");
    }
}
