using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A topic of an ntfy server; <see cref="WebTarget.Url"/> ends with its name.</summary>
public sealed record NtfyTarget : WebTarget
{
    /// <summary>The reference of the access token; null for topics that anybody may publish to.</summary>
    public string? TokenReference { get; init; }

    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Ntfy;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (!SecretSetting.IsReference(Url))
        {
            _ = Split(SecretSetting.ParseUrl(Url));
        }

        if (TokenReference is not null)
        {
            _ = SecretReference.Parse(TokenReference);
        }
    }

    /// <summary>The server that messages are posted to, and the topic.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the address names no topic.</exception>
    internal static (Uri Server, string Topic) Split(Uri url)
    {
        string path = url.AbsolutePath.TrimEnd('/');
        int slash = path.LastIndexOf('/');
        string topic = slash < 0 ? string.Empty : Uri.UnescapeDataString(path[(slash + 1)..]);
        return topic.Length > 0
            ? (new Uri(url, path[..(slash + 1)]), topic)
            : throw Refuse("The address of the ntfy server names no topic.", "Give it with the topic: https://ntfy.sh/TOPIC.");
    }
}
