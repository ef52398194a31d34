using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>A request as the fake understands it.</summary>
internal sealed class FakeGcsRequest
{
    private readonly HttpListenerRequest _request;
    private readonly Dictionary<string, string> _query;

    public FakeGcsRequest(HttpListenerRequest request)
    {
        _request = request;
        string[] parts = request.RawUrl!.Split('?', 2);
        _query = (parts.Length > 1 ? parts[1] : string.Empty)
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => Uri.UnescapeDataString(pair[1]));

        // The name of an object is one segment of the path, its slashes encoded.
        string[] path = parts[0].Trim('/').Split('/');
        int at = Array.IndexOf(path, "b");
        Bucket = at < 0 ? string.Empty : path[at + 1];
        Name = at >= 0 && path.Length == at + 4 ? Uri.UnescapeDataString(path[at + 3]) : string.Empty;
        Call = CallOf(request.HttpMethod, path);
    }

    public GcsCall Call { get; }

    public string Bucket { get; }

    public string Name { get; }

    public string? Range => _request.Headers["Range"];

    public string ContentRange => _request.Headers["Content-Range"] ?? string.Empty;

    public string ContentType => _request.ContentType ?? string.Empty;

    public string? Path => _request.Url?.AbsolutePath;

    public string? this[string parameter] => _query.GetValueOrDefault(parameter);

    public string? Header(string name) => _request.Headers[name];

    /// <summary>Reads the content, or as much of it.</summary>
    public byte[] ReadContent(int atMost = int.MaxValue)
    {
        using MemoryStream content = new();
        byte[] buffer = new byte[81920];
        while (content.Length < atMost)
        {
            int read = _request.InputStream.Read(buffer, 0, (int)Math.Min(buffer.Length, atMost - content.Length));
            if (read == 0)
            {
                break;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

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
