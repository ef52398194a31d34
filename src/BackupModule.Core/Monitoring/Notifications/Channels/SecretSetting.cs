using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>Settings that are given as they are, or as a reference to where they are found.</summary>
internal static class SecretSetting
{
    private static readonly string[] s_schemes = ["env:", "file:", "command:", "vault:"];

    private static readonly string[] s_secretWords =
        ["auth", "token", "key", "secret", "pass", "cookie", "credential", "sig"];

    /// <summary>True if a header or parameter of the name is likely to be a secret.</summary>
    public static bool IsSecretName(string name) =>
        s_secretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>True if the text begins as a reference does.</summary>
    public static bool IsReference([NotNullWhen(true)] string? text) =>
        text is not null && s_schemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal));

    /// <summary>Reads an address that people may see.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is no address of a web server, or holds credentials.
    /// The message does not repeat it.</exception>
    public static Uri ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw Refuse(
                "The text is neither the address of a web server nor a secret reference.",
                "Give https://…, or where it is found: env:NAME, file:PATH, command:PROGRAM ARGS or vault:VAULT/NAME.");
        }

        bool holdsSecret = url.UserInfo.Length > 0
            || url.Query.TrimStart('?').Split('&').Any(static pair => IsSecretName(pair.Split('=')[0]));
        return !holdsSecret
            ? url
            : throw Refuse(
                "The address holds credentials.",
                "Leave them out of it, or give a reference to the whole address, such as file:PATH.");
    }

    /// <summary>Checks an address, or the reference to one.</summary>
    /// <param name="text">The setting.</param>
    /// <param name="secret">What it is, where it must be a reference; null where an address will do.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static void ValidateUrl(string text, string? secret)
    {
        if (IsReference(text))
        {
            _ = SecretReference.Parse(text);
            return;
        }

        _ = ParseUrl(text);
        if (secret is not null)
        {
            throw Refuse(
                $"{secret} is a secret: whoever has it can post messages.",
                "Put it where only you can read it, and give the place: env:NAME, file:PATH, command:PROGRAM ARGS or "
                    + "vault:VAULT/NAME.");
        }
    }

    private static BackupException Refuse(string message, string guidance) =>
        new(BackupErrorKind.InvalidArgument, message, guidance);
}
