using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Gets a secret out of a vault, or null where the vault holds none of this name. Errors are
/// <c>SecretUnavailable</c>.</summary>
/// <param name="vault">The vault's registered name.</param>
/// <param name="name">The secret's name in it.</param>
/// <param name="cancellationToken">Stops the call.</param>
public delegate Task<Secret?> VaultReader(string vault, string name, CancellationToken cancellationToken);
