using System.Collections.Specialized;
using System.Text;
using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers;

/// <summary>What was asked of <see cref="WebServer"/>.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Content">The content.</param>
internal sealed record WebRequestRecord(string Method, string Target, NameValueCollection Headers, byte[] Content)
{
    public string Text => Encoding.UTF8.GetString(Content);

    public JsonNode Json => JsonNode.Parse(Content)!;
}
