using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>
/// Takes secrets out of texts before they leave the machine or are kept: the ones that are known, also as they look in an
/// address, and what looks like one: credentials in addresses, passwords in connection strings, tokens of well-known
/// services.
/// </summary>
/// <remarks>Errors of servers, drivers and commands are quoted in notifications, and nobody can say what they repeat.</remarks>
public sealed partial class SecretRedactor
{
    private const string Mask = "***";

    // A shorter "secret" would tear up every word that it is a part of.
    private const int ShortestKnown = 4;

    private readonly IReadOnlyList<string> _known;

    /// <summary>Makes a redactor.</summary>
    /// <param name="known">Secrets that must not be seen; those of fewer than 4 characters count nothing.</param>
    public SecretRedactor(IEnumerable<string> known) =>
        _known =
        [
            .. known
                .Where(static secret => secret.Length >= ShortestKnown)
                .SelectMany(static secret => (string[])[secret, Uri.EscapeDataString(secret)])
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(static secret => secret.Length),
        ];

    /// <summary>The text, with asterisks where a secret was.</summary>
    public string Redact(string text)
    {
        foreach (string secret in _known)
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        text = UserInfo().Replace(text, $"$1{Mask}@");
        text = SecretPath().Replace(text, $"$1{Mask}");
        text = Authorization().Replace(text, $"$1 {Mask}");
        text = Assignment().Replace(text, $"$1{Mask}");
        text = Option().Replace(text, $"$1{Mask}");
        return Token().Replace(text, Mask);
    }

    /// <summary>The notification with every text redacted.</summary>
    public Notification Redact(Notification notification) => notification.WithTexts(Redact);

    /// <summary>The failure with its texts redacted. What caused it is left out: its texts cannot be changed.</summary>
    public BackupException Redact(BackupException failure) => new(
        failure.Kind,
        Redact(failure.Message),
        failure.Guidance is { } guidance ? Redact(guidance) : null)
    {
        Subject = failure.Subject,
        IsTransient = failure.IsTransient,
    };

    // What may be long is bounded in front of what must follow, so that no text takes long.

    // scheme://user:password@host; the last @ before the path counts, since passwords may hold others.
    [GeneratedRegex(@"\b([a-z][a-z0-9+.-]*://)[^\s/""'<>]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    // Addresses whose path is the secret.
    [GeneratedRegex(
        @"\b(https?://(?:hooks\.slack(?:-gov)?\.com|(?:[a-z]+\.)?discord(?:app)?\.com/api|[a-z0-9.-]+\.webhook\.office\.com|hc-ping\.com)/)[^\s""'<>]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretPath();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Authorization();

    // password=x; Pwd='x'; "token": "x"; ?sig=x&; X-Amz-Signature=x
    [GeneratedRegex(
        @"((?<![a-z])(?:[a-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|token|signature|credential)s?|pwd|pass|sig|(?:[a-z0-9_-]{0,40}[_-])?(?:api|access|account|shared[_-]?access|secret|private)[_ -]?key)[""']?\s*(?:=|:(?!//))\s*)(?:""[^""]*""|'[^']*'|[^\s;,&""']+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    // --password x
    [GeneratedRegex(
        @"(--?[a-z-]{0,40}(?:password|passphrase|secret|token)\s+)(?:""[^""]*""|'[^']*'|[^\s""']+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    // Slack, GitHub, GitLab, ntfy, Stripe-like, Google; JSON web tokens; private keys.
    [GeneratedRegex(
        @"\b(?:xox[a-z]-[A-Za-z0-9-]{10,}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{16,}|tk_[a-z0-9]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{8,500}\.[A-Za-z0-9_-]{2,8000}\.[A-Za-z0-9_-]*)|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
