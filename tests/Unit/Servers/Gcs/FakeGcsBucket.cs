using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>A bucket of the fake, with its uploads under way.</summary>
internal sealed class FakeGcsBucket(string name)
{
    private const int LongestPage = 1000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, FakeGcsObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FakeGcsUpload> _uploads = [];
    private long _generation;

    /// <summary>The object of that name.</summary>
    public FakeGcsObject this[string objectName]
    {
        get
        {
            lock (_lock)
            {
                return _objects[objectName];
            }
        }
    }

    /// <summary>Stores content, if its terms are met.</summary>
    public FakeGcsAnswer Store(FakeGcsRequest terms, JsonObject metadata, byte[] content)
    {
        lock (_lock)
        {
            (FakeGcsAnswer answer, _) = StoreWhole(terms, metadata, content);
            return answer;
        }
    }

    /// <summary>Opens a resumable upload.</summary>
    public FakeGcsAnswer Start(FakeGcsRequest request, JsonObject metadata, Uri server)
    {
        lock (_lock)
        {
            if (Refusal(request, NameOf(request, metadata)) is { } refusal)
            {
                return refusal;
            }

            string id = $"upload-{Guid.NewGuid():n}";
            _uploads[id] = new FakeGcsUpload(request, metadata);
            return new FakeGcsAnswer(HttpStatusCode.OK, [])
            {
                Headers = new Dictionary<string, string>
                {
                    ["Location"] = $"{server}upload/storage/v1/b/{name}/o?uploadType=resumable&upload_id={id}",
                },
            };
        }
    }

    /// <summary>Takes a chunk, the part of one that came through, or a question for progress.</summary>
    public FakeGcsAnswer Continue(FakeGcsRequest request, byte[] content)
    {
        lock (_lock)
        {
            if (request["upload_id"] is not { } id || !_uploads.TryGetValue(id, out FakeGcsUpload? upload))
            {
                return FakeGcsAnswer.Error(404, "notFound", "Not Found");
            }

            if (upload.Finished is { } finished)
            {
                return FakeGcsAnswer.Json(FakeGcsFields.Choose(finished.ToJson(), upload.Start["fields"]));
            }

            string[] range = request.ContentRange["bytes ".Length..].Split('/');
            long total = long.Parse(range[1]);
            if (upload.Start.Header("X-Upload-Content-Length") is { } announced && long.Parse(announced) != total)
            {
                return FakeGcsAnswer.Error(400, "invalid", "The total differs from X-Upload-Content-Length.");
            }

            if (range[0] != "*" && !upload.Keep(long.Parse(range[0].Split('-')[0]), content, total))
            {
                return FakeGcsAnswer.Error(400, "invalid", "Bytes before the chunk are missing.");
            }

            return upload.Kept < total ? Progress(upload) : Finish(id, upload);
        }
    }

    public FakeGcsAnswer Read(FakeGcsRequest request)
    {
        if (Find(request.Name) is not { } found)
        {
            return FakeGcsAnswer.NoObject(name, request.Name);
        }

        string? hash = request.Header("x-goog-encryption-key-sha256");
        if (hash != found.KeyHash)
        {
            return found.KeyHash is null
                ? FakeGcsAnswer.Error(
                    400, "resourceNotEncryptedWithCustomerEncryptionKey", "The target object is not encrypted by a customer key.")
                : hash is null
                    ? FakeGcsAnswer.Error(
                        400, "resourceIsEncryptedWithCustomerEncryptionKey", "The target object is encrypted by a customer key.")
                    : FakeGcsAnswer.Error(
                        400, "customerEncryptionKeyIsIncorrect", "The provided encryption key is incorrect.");
        }

        if (request.Range is not { } range)
        {
            return new FakeGcsAnswer(HttpStatusCode.OK, found.Content);
        }

        long[] bounds = [.. range["bytes=".Length..].Split('-').Select(long.Parse)];
        if (bounds[0] >= found.Content.Length)
        {
            return FakeGcsAnswer.Error(
                416, "requestedRangeNotSatisfiable", "The requested range cannot be satisfied.");
        }

        long end = Math.Min(bounds[1] + 1, found.Content.Length);
        return new FakeGcsAnswer(HttpStatusCode.PartialContent, found.Content[(int)bounds[0]..(int)end])
        {
            Headers = new Dictionary<string, string>
            {
                ["Content-Range"] = $"bytes {bounds[0]}-{end - 1}/{found.Content.Length}",
            },
        };
    }

    public FakeGcsAnswer Look(FakeGcsRequest request) => Find(request.Name) is { } found
        ? FakeGcsAnswer.Json(FakeGcsFields.Choose(found.ToJson(), request["fields"]))
        : FakeGcsAnswer.NoObject(name, request.Name);

    public FakeGcsAnswer Delete(FakeGcsRequest request)
    {
        lock (_lock)
        {
            return _objects.Remove(request.Name)
                ? new FakeGcsAnswer(HttpStatusCode.NoContent, [])
                : FakeGcsAnswer.NoObject(name, request.Name);
        }
    }

    public FakeGcsAnswer List(FakeGcsRequest request)
    {
        int limit = Math.Min(int.Parse(request["maxResults"] ?? $"{LongestPage}"), LongestPage);
        string after = request["pageToken"] is { } token
            ? Encoding.UTF8.GetString(Convert.FromBase64String(token)) : string.Empty;
        FakeGcsObject[] rest;
        lock (_lock)
        {
            rest = [.. _objects.Values
                .Where(item => item.Name.StartsWith(request["prefix"] ?? string.Empty, StringComparison.Ordinal))
                .Where(item => string.CompareOrdinal(item.Name, after) > 0)
                .Take(limit + 1)];
        }

        JsonObject page = new() { ["kind"] = "storage#objects" };
        if (rest.Length > limit)
        {
            page["nextPageToken"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(rest[limit - 1].Name));
        }

        if (rest.Length > 0)
        {
            page["items"] = new JsonArray([.. rest.Take(limit).Select(static item => item.ToJson())]);
        }

        return FakeGcsAnswer.Json(FakeGcsFields.Choose(page, request["fields"]));
    }

    private static FakeGcsAnswer Progress(FakeGcsUpload upload)
    {
        FakeGcsAnswer answer = new((HttpStatusCode)308, []);
        if (upload.Kept > 0)
        {
            answer.Headers["Range"] = $"bytes=0-{upload.Kept - 1}";
        }

        return answer;
    }

    private FakeGcsAnswer Finish(string id, FakeGcsUpload upload)
    {
        (FakeGcsAnswer answer, FakeGcsObject? stored) = StoreWhole(upload.Start, upload.Metadata, upload.Content);
        upload.Finished = stored;
        if (stored is null)
        {
            _uploads.Remove(id);
        }

        return answer;
    }

    private (FakeGcsAnswer Answer, FakeGcsObject? Stored) StoreWhole(
        FakeGcsRequest terms, JsonObject metadata, byte[] content)
    {
        string objectName = NameOf(terms, metadata);
        if (Refusal(terms, objectName) is { } refusal)
        {
            return (refusal, null);
        }

        string calculated = FakeGcsChecksum.Of(content);
        if (metadata["crc32c"]?.GetValue<string>() is { } provided && provided != calculated)
        {
            return (
                FakeGcsAnswer.Error(
                    400, "invalid", $"Provided CRC32C \"{provided}\" doesn't match calculated CRC32C \"{calculated}\"."),
                null);
        }

        FakeGcsObject stored = new(objectName, content, ++_generation)
        {
            StorageClass = metadata["storageClass"]?.GetValue<string>() ?? "STANDARD",
            KmsKeyName = terms["kmsKeyName"],
            KeyHash = terms.Header("x-goog-encryption-key-sha256"),
        };
        _objects[objectName] = stored;
        return (FakeGcsAnswer.Json(FakeGcsFields.Choose(stored.ToJson(), terms["fields"])), stored);
    }

    private static string NameOf(FakeGcsRequest request, JsonObject metadata) =>
        request["name"] ?? metadata["name"]!.GetValue<string>();

    private FakeGcsAnswer? Refusal(FakeGcsRequest terms, string objectName)
    {
        if (terms["ifGenerationMatch"] is { } generation
            && (_objects.TryGetValue(objectName, out FakeGcsObject? there) ? there.Generation : 0) != long.Parse(generation))
        {
            return FakeGcsAnswer.ConditionNotMet();
        }

        return terms.Header("x-goog-encryption-key") is { } key
            && Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(key)))
                != terms.Header("x-goog-encryption-key-sha256")
            ? FakeGcsAnswer.Error(
                400, "customerEncryptionKeySha256IsInvalid", "The hash does not match the encryption key.")
            : null;
    }

    private FakeGcsObject? Find(string objectName)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(objectName);
        }
    }
}
