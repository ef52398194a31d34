using System.Collections.Generic;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>The head of an HTTP request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">The headers, whose names are compared without case.</param>
internal sealed record FakeHttpRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The bytes of content that follow.</summary>
    public int ContentLength => int.Parse(Headers.GetValueOrDefault("Content-Length", "0"));
}
