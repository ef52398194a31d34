using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Gets the secrets of a channel, and remembers them so that they can be kept out of what is sent and shown.
/// </summary>
internal sealed class ChannelSecrets(SecretResolver resolver)
{
    // Short paths, as in an ntfy topic, are words that messages may well hold.
    private const int ShortestPath = 16;

    private readonly List<string> _values = [];

    /// <summary>What was read so far.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>The secret; null for no reference.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>, <c>InvalidArgument</c>.</exception>
    public async Task<string?> ReadAsync(string? reference, CancellationToken cancellationToken) =>
        reference is null
            ? null
            : await ReadAsync(SecretReference.Parse(reference), cancellationToken).ConfigureAwait(false);

    /// <summary>The secret.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public async Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        using Secret secret = await resolver.ResolveAsync(reference, cancellationToken).ConfigureAwait(false);
        string text = Encoding.UTF8.GetString(secret.Utf8);
        _values.Add(text);
        return text;
    }

    /// <summary>The address of a target, from where it is found.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>; <c>InvalidArgument</c>: there is something else than an
    /// address.</exception>
    public async Task<Uri> ReadUrlAsync(WebTarget target, CancellationToken cancellationToken)
    {
        if (!SecretSetting.IsReference(target.Url))
        {
            return SecretSetting.ParseUrl(target.Url);
        }

        string text = await ReadAsync(SecretReference.Parse(target.Url), cancellationToken).ConfigureAwait(false);
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https")
            || url.UserInfo.Length > 0)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"At {SecretReference.Parse(target.Url).Describe()} is no address of a web server.",
                "Put the whole address there, with https:// and without user name and password.");
        }

        // Servers repeat the path of what they do not find.
        if (url.PathAndQuery.Length >= ShortestPath)
        {
            _values.Add(url.PathAndQuery);
        }

        return url;
    }
}
