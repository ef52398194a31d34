using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Gets the secrets that references point at.</summary>
public sealed class SecretResolver
{
    private readonly VaultReader? _readVault;
    private readonly TimeProvider _time;

    /// <summary>Makes a resolver.</summary>
    /// <param name="readVault">Reads vaults; null where there are none.</param>
    /// <param name="time">The clock that limits commands; the system's if null.</param>
    public SecretResolver(VaultReader? readVault = null, TimeProvider? time = null)
    {
        _readVault = readVault;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The secret, never empty; the caller disposes it.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public async Task<Secret> ResolveAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        Secret secret = reference.Scheme switch
        {
            SecretScheme.Environment => ReadVariable(reference.Target),
            SecretScheme.File => await SecretFile.ReadAsync(reference.Target, cancellationToken).ConfigureAwait(false),
            SecretScheme.Command => await SecretCommand
                .RunAsync(reference.Target, _time, cancellationToken)
                .ConfigureAwait(false),
            _ => await ReadVaultAsync(reference.Target, cancellationToken).ConfigureAwait(false),
        };
        if (!secret.IsEmpty)
        {
            return secret;
        }

        secret.Dispose();
        throw new BackupException(
            BackupErrorKind.SecretUnavailable,
            $"There is an empty secret at '{reference.Describe()}'.",
            "Put the secret where the reference points.");
    }

    private static Secret ReadVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value
            ? new Secret(value)
            : throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"The environment variable '{name}', which should hold a secret, is not set.",
                "Set it for this process, or give the secret by another reference.")
            {
                Subject = name,
            };

    private async Task<Secret> ReadVaultAsync(string target, CancellationToken cancellationToken)
    {
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        (string vault, string name) = (target[..slash], target[(slash + 1)..]);
        if (_readVault is null)
        {
            throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"The vault '{vault}' cannot be read here.",
                "Install the module Microsoft.PowerShell.SecretManagement and register the vault, or use an env:, file: "
                    + "or command: reference.")
            {
                Subject = target,
            };
        }

        return await _readVault(vault, name, cancellationToken).ConfigureAwait(false)
            ?? throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"The vault '{vault}' holds no secret '{name}'.",
                "Check the name with Get-SecretInfo.")
            {
                Subject = target,
            };
    }
}
