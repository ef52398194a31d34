using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>The answer to one request, whose content is still on its way.</summary>
/// <param name="response">What came.</param>
/// <param name="action">What was tried, e.g. <c>read data/ab/…</c>.</param>
/// <param name="location">The store.</param>
/// <param name="cancellationToken">Stops the reading, also when the time for the request is over.</param>
internal sealed class GcsAnswer(
    HttpResponseMessage response, string action, string location, CancellationToken cancellationToken)
{
    /// <summary>The status.</summary>
    public HttpStatusCode Status => response.StatusCode;

    /// <summary>True if what was asked for was done.</summary>
    public bool IsSuccess => response.IsSuccessStatusCode;

    /// <summary>The headers of the answer.</summary>
    public HttpResponseHeaders Headers => response.Headers;

    /// <summary>The content and its headers.</summary>
    public HttpContent Content => response.Content;

    /// <summary>Stops the reading.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Reads the content of a success.</summary>
    /// <exception cref="BackupException">It is not the JSON API's.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("The answer is empty.");
        }
        catch (JsonException failure)
        {
            throw Foreign(failure);
        }
    }

    /// <summary>Makes sure that a success is the storing of this object, and not the politeness of something between us and
    /// the server.</summary>
    /// <exception cref="BackupException">It is not.</exception>
    public async Task RequireStoredAsync(GcsUpload upload)
    {
        GcsItem stored = await ReadAsync(GcsJsonContext.Default.GcsItem).ConfigureAwait(false);
        if (stored.Name != upload.Name)
        {
            throw Foreign(null);
        }
    }

    /// <summary>Reads the content of what is no success.</summary>
    public async Task<GcsRefusal> ReadRefusalAsync() => GcsRefusal.Parse(
        await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>What the refusal means.</summary>
    public BackupException Explain(GcsRefusal refusal) => GcsErrors.Translate(Status, refusal, action, location);

    /// <summary>Reads why there is no success, and what it means.</summary>
    public async Task<BackupException> ExplainAsync() => Explain(await ReadRefusalAsync().ConfigureAwait(false));

    private BackupException Foreign(Exception? failure) => new(
        BackupErrorKind.StorageFailure,
        $"Cannot {action} in {location}: the answer is not one of Google Cloud Storage.",
        "Check -Endpoint, and whether a proxy answers in its place.",
        failure)
    {
        Subject = location,
    };
}
