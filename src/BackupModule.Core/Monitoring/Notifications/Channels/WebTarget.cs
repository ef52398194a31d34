using System;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A target that is reached over HTTP.</summary>
public abstract record WebTarget : ChannelTarget
{
    /// <summary>An address, or a reference to it: see <see cref="SecretReference"/>.</summary>
    public required string Url { get; init; }

    /// <summary>The proxy; null for the one that the environment names.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>A PEM file of certificate authorities that are trusted besides the system's; null for none.</summary>
    public string? AuthorityFile { get; init; }

    /// <inheritdoc/>
    public override string Address => Url;

    /// <inheritdoc/>
    public override void Validate()
    {
        SecretSetting.ValidateUrl(Url, IsUrlSecret ? $"The address of a {Kind} webhook" : null);
        if (Proxy is { UserInfo.Length: > 0 })
        {
            throw Refuse("The address of the proxy holds credentials.", "Leave them out: the catalog holds no secrets.");
        }
    }

    /// <summary>True if whoever has the address can post messages, so that it is itself a secret.</summary>
    private protected virtual bool IsUrlSecret => false;
}
