namespace BackupModule.Core.Encryption.Keys;

/// <summary>Where a secret reference points.</summary>
public enum SecretScheme
{
    /// <summary>An environment variable: <c>env:NAME</c>.</summary>
    Environment,

    /// <summary>A file: <c>file:PATH</c>.</summary>
    File,

    /// <summary>What a program prints: <c>command:PROGRAM ARGS</c>.</summary>
    Command,

    /// <summary>A vault of PowerShell's SecretManagement: <c>vault:VAULT/NAME</c>.</summary>
    Vault,
}
