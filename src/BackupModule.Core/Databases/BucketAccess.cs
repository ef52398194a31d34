using System;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Databases;

/// <summary>With which keys the bucket of <see cref="DatabaseDefinition.ExchangePath"/> is reached; its address is the path's.
/// </summary>
/// <param name="Settings">How it is reached. The endpoint is not read.</param>
/// <param name="Secrets">The secrets that the settings refer to.</param>
public sealed record BucketAccess(StoreSettings Settings, StoreSecrets Secrets)
{
    private const string AuthorityVariable = "AWS_CA_BUNDLE";

    /// <summary>What the environment says: the keys that repositories in buckets have where they name none, such as
    /// <c>AWS_ACCESS_KEY_ID</c> and <c>AWS_SECRET_ACCESS_KEY</c>, and further certificate authorities from the PEM file of
    /// <c>AWS_CA_BUNDLE</c>.</summary>
    public static BucketAccess FromEnvironment() => new(
        new StoreSettings { AuthorityFile = Environment.GetEnvironmentVariable(AuthorityVariable) is { Length: > 0 } file ? file : null },
        StoreSecrets.None);
}
