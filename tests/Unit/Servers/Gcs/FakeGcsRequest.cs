using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>A request as the fake understands it.</summary>
internal sealed class FakeGcsRequest
{
    private readonly FakeHttpRequest _request;
    private readonly Dictionary<string, string> _query;

    public FakeGcsRequest(FakeHttpRequest request)
    {
        _request = request;
        string[] parts = request.Target.Split('?', 2);
        _query = (parts.Length > 1 ? parts[1] : string.Empty)
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => Uri.UnescapeDataString(pair[1]));

        // The name of an object is one segment of the path, its slashes encoded.
        string[] path = parts[0].Trim('/').Split('/');
        int at = Array.IndexOf(path, "b");
        Path = parts[0];
        Bucket = at < 0 ? string.Empty : path[at + 1];
        Name = at >= 0 && path.Length == at + 4 ? Uri.UnescapeDataString(path[at + 3]) : string.Empty;
        Call = CallOf(request.Method, path);
    }

    public GcsCall Call { get; }

    public string Bucket { get; }

    public string Name { get; }

    public string? Range => Header("Range");

    public string ContentRange => Header("Content-Range") ?? string.Empty;

    public string ContentType => Header("Content-Type") ?? string.Empty;

    public string Path { get; }

    public string? this[string parameter] => _query.GetValueOrDefault(parameter);

    public string? Header(string name) => _request.Headers.GetValueOrDefault(name);

    public override string ToString() => Call switch
    {
        GcsCall.Chunk => $"Chunk {ContentRange}",
        _ => $"{Call}",
    };

    private GcsCall CallOf(string method, string[] path) => (method, path[0]) switch
    {
        ("POST", "upload") when this["uploadType"] == "resumable" => GcsCall.Start,
        ("POST", "upload") => GcsCall.Upload,
        ("PUT", "upload") => ContentRange.StartsWith("bytes */", StringComparison.Ordinal) ? GcsCall.Progress : GcsCall.Chunk,
        ("POST", _) => GcsCall.Token,
        ("DELETE", _) => GcsCall.Delete,
        ("GET", _) when Name.Length == 0 => GcsCall.List,
        ("GET", _) when this["alt"] == "media" => GcsCall.Read,
        _ => GcsCall.Look,
    };
}
