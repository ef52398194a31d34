using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>A request to any web server.</summary>
public sealed record WebhookTarget : WebTarget
{
    /// <summary>The kind of content, unless another is given.</summary>
    public const string Json = "application/json";

    private static readonly string[] s_methods = ["POST", "PUT", "PATCH"];

    // Who frames the request sets these.
    private static readonly string[] s_ownHeaders =
    [
        "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "User-Agent", "X-Delivery-Id",
        "X-Signature-256", "X-Timestamp",
    ];

    private static readonly SearchValues<char> s_tokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary><c>POST</c>, <c>PUT</c> or <c>PATCH</c>.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The content, with placeholders (see <see cref="WebhookTemplate"/>); null for a JSON object of everything.
    /// </summary>
    public string? Template { get; init; }

    /// <summary>What kind of content it is; it decides how values are escaped in the template.</summary>
    public string ContentType { get; init; } = Json;

    /// <summary>Further headers. A value may be a reference, also behind a word: <c>Bearer env:TOKEN</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The reference of the key that requests are signed with; null to sign none.</summary>
    public string? SigningKeyReference { get; init; }

    /// <inheritdoc/>
    public override NotificationKind Kind => NotificationKind.Webhook;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (!s_methods.Contains(Method))
        {
            throw Refuse($"A webhook cannot be called with {Method}.", $"Use one of: {string.Join(", ", s_methods)}.");
        }

        if (!System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(ContentType, out _))
        {
            throw Refuse($"'{ContentType}' is not a type of content.", $"Give one such as {Json} or text/plain.");
        }

        if (Template is null && ContentType != Json)
        {
            throw Refuse("Without a template, the content is JSON.", "Give -Template as well as -ContentType.");
        }

        if (Template is not null)
        {
            _ = WebhookTemplate.Parse(Template, ContentType);
        }

        foreach ((string name, string value) in Headers)
        {
            ValidateHeader(name, value);
        }

        if (SigningKeyReference is not null)
        {
            _ = SecretReference.Parse(SigningKeyReference);
        }
    }

    /// <summary>The word before a reference in a header's value, with its space, and the reference; null where the value is
    /// none.</summary>
    internal static (string Word, SecretReference Reference)? ReadReference(string value)
    {
        if (SecretSetting.IsReference(value))
        {
            return (string.Empty, SecretReference.Parse(value));
        }

        int behindWord = value.IndexOf(' ', StringComparison.Ordinal) + 1;
        return behindWord > 0 && SecretSetting.IsReference(value[behindWord..])
            ? (value[..behindWord], SecretReference.Parse(value[behindWord..]))
            : null;
    }

    private static void ValidateHeader(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(s_tokenCharacters))
        {
            throw Refuse($"'{name}' is not the name of a header.", "Give a name such as X-Team.");
        }

        if (s_ownHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw Refuse($"The header {name} is set by the module.", "Leave it out; -ContentType sets Content-Type.");
        }

        if (value.Any(char.IsControl))
        {
            throw Refuse($"The value of the header {name} has line ends or other control characters.");
        }

        if (ReadReference(value) is null && SecretSetting.IsSecretName(name))
        {
            throw Refuse(
                $"The header {name} looks like a secret, and is not given by reference.",
                "Give where it is found: env:NAME, file:PATH, command:PROGRAM ARGS or vault:VAULT/NAME, behind a word if "
                    + "need be: 'Bearer env:TOKEN'.");
        }
    }
}
