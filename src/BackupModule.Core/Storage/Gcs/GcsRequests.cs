using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Requests of the JSON API, with what the settings ask for: storage class and encryption by the provider.
/// </summary>
internal sealed class GcsRequests
{
    private const string AnyBytes = "application/octet-stream";

    private readonly string _objects;
    private readonly string _uploads;
    private readonly StoreSettings _settings;
    private readonly string? _customerKey;
    private readonly string? _customerKeyHash;

    /// <summary>Requests for objects of one bucket.</summary>
    public GcsRequests(GcsEndpoint endpoint, string bucket, StoreSettings settings, StoreSecrets secrets)
    {
        _objects = $"{endpoint.Address}storage/v1/b/{bucket}/o";
        _uploads = $"{endpoint.Address}upload/storage/v1/b/{bucket}/o";
        _settings = settings;
        if (settings.Encryption == StoreEncryption.CustomerKey)
        {
            _customerKey = Convert.ToBase64String(secrets.EncryptionKey.Span);
            _customerKeyHash = Convert.ToBase64String(SHA256.HashData(secrets.EncryptionKey.Span));
        }
    }

    /// <summary>An upload of the whole content at once.</summary>
    public HttpRequestMessage UploadWhole(GcsUpload upload) => WithKey(new HttpRequestMessage(
        HttpMethod.Post, $"{_uploads}?uploadType=multipart{Terms(upload)}")
    {
        Content = new MultipartContent("related")
        {
            Metadata(upload),
            new ReadOnlyMemoryContent(upload.Content) { Headers = { ContentType = new(AnyBytes) } },
        },
    });

    /// <summary>The start of a resumable upload. The answer names the session that takes the content.</summary>
    public HttpRequestMessage StartUpload(GcsUpload upload) => WithKey(new HttpRequestMessage(
        HttpMethod.Post, $"{_uploads}?uploadType=resumable{Terms(upload)}")
    {
        Content = Metadata(upload),
        Headers =
        {
            { "X-Upload-Content-Type", AnyBytes },
            { "X-Upload-Content-Length", $"{upload.Content.Length}" },
        },
    });

    /// <summary>A chunk of a resumable upload, which is not empty.</summary>
    public static HttpRequestMessage UploadChunk(Uri session, GcsUpload upload, int offset, int length) => new(
        HttpMethod.Put, session)
    {
        Content = new ReadOnlyMemoryContent(upload.Content.Slice(offset, length))
        {
            Headers = { ContentRange = new ContentRangeHeaderValue(offset, offset + length - 1, upload.Content.Length) },
        },
    };

    /// <summary>The question how much of a resumable upload the server has.</summary>
    public static HttpRequestMessage AskForProgress(Uri session, GcsUpload upload) => new(HttpMethod.Put, session)
    {
        Content = new ByteArrayContent([])
        {
            Headers = { ContentRange = new ContentRangeHeaderValue(upload.Content.Length) },
        },
    };

    /// <summary>A read of a range.</summary>
    public HttpRequestMessage Read(string name, long offset, int length) => WithKey(new HttpRequestMessage(
        HttpMethod.Get, $"{Object(name)}?alt=media")
    {
        Headers = { Range = new RangeHeaderValue(offset, offset + length - 1) },
    });

    /// <summary>A question for an object's size. It needs no key: only content and checksums are encrypted.</summary>
    public HttpRequestMessage Look(string name) => new(HttpMethod.Get, $"{Object(name)}?fields=name,size");

    /// <summary>A page of a listing.</summary>
    public HttpRequestMessage List(string prefix, string? pageToken, int limit) => new(
        HttpMethod.Get,
        $"{_objects}?fields=items(name,size),nextPageToken&maxResults={limit}&prefix={Uri.EscapeDataString(prefix)}"
        + (pageToken is null ? string.Empty : $"&pageToken={Uri.EscapeDataString(pageToken)}"));

    /// <summary>The removal of an object.</summary>
    public HttpRequestMessage Delete(string name) => new(HttpMethod.Delete, Object(name));

    private string Object(string name) => $"{_objects}/{Uri.EscapeDataString(name)}";

    private string Terms(GcsUpload upload) => "&fields=name,size"
        + (upload.OnlyIfNone ? "&ifGenerationMatch=0" : string.Empty)
        + (_settings is { Encryption: StoreEncryption.ManagedKey, EncryptionKeyId: { } key }
            ? $"&kmsKeyName={Uri.EscapeDataString(key)}"
            : string.Empty);

    private static ByteArrayContent Metadata(GcsUpload upload) => new(JsonSerializer.SerializeToUtf8Bytes(
        new GcsMetadata(upload.Name, upload.Checksum, AnyBytes, upload.StorageClass),
        GcsJsonContext.Default.GcsMetadata))
    {
        Headers = { ContentType = new("application/json") { CharSet = "utf-8" } },
    };

    private HttpRequestMessage WithKey(HttpRequestMessage request)
    {
        if (_customerKey is not null)
        {
            request.Headers.Add("x-goog-encryption-algorithm", "AES256");
            request.Headers.Add("x-goog-encryption-key", _customerKey);
            request.Headers.Add("x-goog-encryption-key-sha256", _customerKeyHash);
        }

        return request;
    }
}
