using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>A notification as plain text, and texts cut to what a receiver takes.</summary>
internal static class NotificationText
{
    private const string Ellipsis = "…";

    /// <summary>The figures, followed by what the notification is about.</summary>
    public static IEnumerable<NotificationFact> Facts(Notification notification)
    {
        (string Name, string? Value)[] context =
        [
            ("Policy", notification.PolicyName),
            ("Repository", notification.RepositoryName),
            ("Host", notification.HostName),
            ("Time", Time(notification)),
            ("Run", notification.RunId),
        ];
        return notification.Facts.Concat(context
            .Where(static fact => !string.IsNullOrEmpty(fact.Value))
            .Select(static fact => new NotificationFact(fact.Name, fact.Value!)));
    }

    /// <summary>The lines of the message, and what went wrong with what to do.</summary>
    public static IEnumerable<string> Lines(Notification notification)
    {
        foreach (string line in notification.Message)
        {
            yield return line;
        }

        if (notification.Error is { Length: > 0 } error)
        {
            yield return $"Error: {error}";
        }

        if (notification.Guidance is { Length: > 0 } guidance)
        {
            yield return $"What to do: {guidance}";
        }
    }

    /// <summary>Lines and facts, without the title.</summary>
    public static string Body(Notification notification)
    {
        StringBuilder body = new();
        foreach (string line in Lines(notification))
        {
            body.Append(line).Append('\n');
        }

        if (body.Length > 0)
        {
            body.Append('\n');
        }

        foreach (NotificationFact fact in Facts(notification))
        {
            body.Append(fact.Name).Append(": ").Append(fact.Value).Append('\n');
        }

        return body.ToString();
    }

    /// <summary>Everything on one line, for logs: no control characters.</summary>
    public static string OneLine(Notification notification)
    {
        string facts = string.Join(", ", notification.Facts.Select(static fact => $"{fact.Name}={fact.Value}"));
        IEnumerable<string> parts = Lines(notification).Prepend(notification.Title);
        return Printable(string.Join("; ", facts.Length > 0 ? parts.Append(facts) : parts));
    }

    /// <summary>The text on one line: control characters become spaces.</summary>
    public static string Printable(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

    /// <summary>The text as others can read it: what was no UTF-8 in the name of a file becomes U+FFFD.</summary>
    public static string WholeCharacters(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The time with its zone, to the second, as ISO 8601 has it.</summary>
    public static string Time(Notification notification) =>
        notification.Time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>The text, or as much of it as fits with an ellipsis; no character is cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The most UTF-16 units.</param>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        int end = length - Ellipsis.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), Ellipsis);
    }

    /// <summary>The text as UTF-8, or as much of it as fits with an ellipsis; no character is cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The most bytes.</param>
    public static byte[] CutUtf8(string text, int bytes)
    {
        byte[] all = Encoding.UTF8.GetBytes(text);
        if (all.Length <= bytes)
        {
            return all;
        }

        ReadOnlySpan<byte> kept = all.AsSpan(0, bytes - Encoding.UTF8.GetByteCount(Ellipsis));
        while (Rune.DecodeLastFromUtf8(kept, out _, out int length) != OperationStatus.Done)
        {
            kept = kept[..^length];
        }

        return [.. kept, .. Encoding.UTF8.GetBytes(Ellipsis)];
    }
}
