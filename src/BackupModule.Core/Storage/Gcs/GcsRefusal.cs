using System.Collections.Generic;
using System.Text.Json;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>The body of an answer that is no success.</summary>
/// <param name="Error">The error; null where something between us and Google answered.</param>
internal sealed record GcsRefusal(GcsRefusal.Detail? Error)
{
    private const int LongestText = 500;

    /// <summary>The reason as a name, e.g. <c>rateLimitExceeded</c>; empty if none is given.</summary>
    public string Reason => Error?.Errors is [{ Reason: { } reason }, ..] ? reason : string.Empty;

    /// <summary>The reason in the server's words; empty if none is given.</summary>
    public string Message => Error?.Message ?? string.Empty;

    /// <summary>Reads a body. One that is not the JSON API's is taken for the message itself.</summary>
    public static GcsRefusal Parse(string body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, GcsJsonContext.Default.GcsRefusal) is { Error: not null } refusal)
            {
                return refusal;
            }
        }
        catch (JsonException)
        {
            // Proxies and emulators answer in their own ways.
        }

        string text = body.Trim();
        return new GcsRefusal(new Detail(text.Length > LongestText ? text[..LongestText] : text, null));
    }

    /// <summary>What went wrong.</summary>
    /// <param name="Message">In the server's words.</param>
    /// <param name="Errors">The reasons by name.</param>
    internal sealed record Detail(string? Message, IReadOnlyList<Cause>? Errors);

    /// <summary>A reason.</summary>
    /// <param name="Reason">Its name.</param>
    internal sealed record Cause(string? Reason);
}
