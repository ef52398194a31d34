using System;

namespace BackupModule.Tests.Servers;

/// <summary>What a <see cref="FaultProxy"/> does with a request instead of passing it on.</summary>
internal sealed record ProxyFault
{
    /// <summary>Changes the head before it is passed on.</summary>
    public Func<ProxiedRequest, ProxiedRequest>? Change { get; private init; }

    /// <summary>An answer of the proxy's own; the server never sees the request.</summary>
    public string? Answer { get; private init; }

    /// <summary>So many bytes of the request's content reach the server, and the connection breaks.</summary>
    public int? CutRequestAfter { get; private init; }

    /// <summary>So many bytes of the answer, its head included, reach the client, and the connection breaks.</summary>
    public int? CutAnswerAfter { get; private init; }

    /// <summary>So many bytes of the answer, its head included, reach the client, and then nothing happens any more.
    /// </summary>
    public int? StallAfter { get; private init; }

    /// <summary>The answer comes in pieces of so many bytes, each after a pause.</summary>
    public int? Trickle { get; private init; }

    /// <summary>The server refuses with a code of S3's protocol.</summary>
    public static ProxyFault Refuse(int status, string code, string headers = "")
    {
        string body = $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>made to fail</Message></Error>";
        return new ProxyFault
        {
            Answer = $"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n"
                + $"{headers}Connection: close\r\n\r\n{body}",
        };
    }

    /// <summary>The proxy answers itself: a whole answer with its head.</summary>
    public static ProxyFault Own(string answer) => new() { Answer = answer };

    public static ProxyFault CutRequest(int after) => new() { CutRequestAfter = after };

    public static ProxyFault CutAnswer(int after) => new() { CutAnswerAfter = after };

    public static ProxyFault Stall(int after) => new() { StallAfter = after };

    public static ProxyFault Slowly(int pieces) => new() { Trickle = pieces };

    /// <summary>The request is dated as by a clock that is off; its signature no longer fits, which servers look at later.
    /// </summary>
    public static ProxyFault Date(DateTimeOffset time) => new()
    {
        Change = request => request.With(
            "X-Amz-Date", time.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture)),
    };
}
