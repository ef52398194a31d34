using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Monitoring.Notifications.Channels;

/// <summary>
/// The content of a webhook with placeholders: <c>{{title}}</c> is replaced by the title, escaped as the kind of content
/// needs it (JSON strings, form fields, else as it is); <c>{{fact:Duration}}</c> by a figure; <c>{{json}}</c> by the JSON
/// object of everything. <c>{{exitCode}}</c> is a number, or <c>null</c> in JSON.
/// </summary>
internal sealed class WebhookTemplate
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const string FactPrefix = "fact:";
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly Dictionary<string, Func<Notification, string?>> s_values = new(StringComparer.Ordinal)
    {
        ["event"] = static n => n.Event.ToString(),
        ["severity"] = static n => n.Severity.ToString(),
        ["title"] = static n => n.Title,
        ["message"] = static n => string.Join('\n', n.Message),
        ["text"] = NotificationText.Body,
        ["policy"] = static n => n.PolicyName,
        ["repository"] = static n => n.RepositoryName,
        ["runId"] = static n => n.RunId,
        ["host"] = static n => n.HostName,
        ["time"] = NotificationText.Time,
        ["facts"] = static n => string.Join('\n', n.Facts.Select(static fact => $"{fact.Name}: {fact.Value}")),
        ["error"] = static n => n.Error,
        ["guidance"] = static n => n.Guidance,
    };

    private readonly List<Func<Notification, string>> _parts;

    private WebhookTemplate(List<Func<Notification, string>> parts) => _parts = parts;

    private delegate string Escape(string text);

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="contentType">The kind of content.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: a placeholder is not known or not closed, or what the
    /// template makes is not JSON where it should be. The message says where.</exception>
    public static WebhookTemplate Parse(string text, string contentType)
    {
        bool isJson = IsJson(contentType);
        Escape escape = isJson ? EscapeJson : MediaType(contentType) == Form ? Uri.EscapeDataString : static plain => plain;
        List<Func<Notification, string>> parts = [];
        int at = 0;
        for (int open; (open = text.IndexOf(Open, at, StringComparison.Ordinal)) >= 0;)
        {
            int close = text.IndexOf(Close, open, StringComparison.Ordinal);
            if (close < 0)
            {
                throw Refuse(text, open, "opens a placeholder that is not closed", "Close it with '}}'.");
            }

            string literal = text[at..open];
            parts.Add(_ => literal);
            parts.Add(Placeholder(text, open, close, escape, isJson));
            at = close + Close.Length;
        }

        string rest = text[at..];
        parts.Add(_ => rest);
        WebhookTemplate template = new(parts);
        if (isJson)
        {
            template.RequireJson();
        }

        return template;
    }

    /// <summary>The content.</summary>
    public string Render(Notification notification)
    {
        StringBuilder content = new();
        foreach (Func<Notification, string> part in _parts)
        {
            content.Append(part(notification));
        }

        return content.ToString();
    }

    private static Func<Notification, string> Placeholder(
        string text, int open, int close, Escape escape, bool isJson)
    {
        string name = text[(open + Open.Length)..close].Trim();
        if (name == "json")
        {
            return NotificationJson.Write;
        }

        if (name == "exitCode")
        {
            return n => n.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? (isJson ? "null" : string.Empty);
        }

        if (name.StartsWith(FactPrefix, StringComparison.Ordinal))
        {
            string fact = name[FactPrefix.Length..];
            return n => escape(n.Facts.FirstOrDefault(
                one => string.Equals(one.Name, fact, StringComparison.OrdinalIgnoreCase))?.Value ?? string.Empty);
        }

        return s_values.TryGetValue(name, out Func<Notification, string?>? value)
            ? n => escape(value(n) ?? string.Empty)
            : throw Refuse(
                text,
                open,
                $"has the unknown placeholder '{name}'",
                $"Known are: {string.Join(", ", s_values.Keys)}, exitCode, json and fact:NAME.");
    }

    // Values are escaped, so a template that makes JSON of one notification makes it of all.
    private void RequireJson()
    {
        string sample = Render(Notification.OfTest("sample", "host", DateTimeOffset.UnixEpoch));
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(sample);
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The template makes no JSON: {failure.Message}",
                "Put text placeholders in quotes, as in { \"text\": \"{{title}}\" }, or give another -ContentType.",
                failure);
        }
    }

    private static BackupException Refuse(string text, int at, string what, string guidance)
    {
        int line = text.AsSpan(0, at).Count('\n') + 1;
        int column = at - text.LastIndexOf('\n', Math.Max(0, at - 1));
        return new BackupException(
            BackupErrorKind.InvalidArgument,
            string.Create(CultureInfo.InvariantCulture, $"The template {what}, in line {line}, column {column}."),
            guidance);
    }

    private static string EscapeJson(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.Default).ToString();

    private static bool IsJson(string contentType) =>
        MediaType(contentType) is var type
        && (type == WebhookTarget.Json || type.EndsWith("+json", StringComparison.Ordinal));

    private static string MediaType(string contentType) => contentType.Split(';')[0].Trim().ToLowerInvariant();
}
