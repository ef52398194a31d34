using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Tests.Servers;

/// <summary>The head of a request on its way through a <see cref="FaultProxy"/>.</summary>
internal sealed record ProxiedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers)
{
    public int ContentLength => int.Parse(this["Content-Length"] ?? "0");

    /// <summary>True for the upload of a pack.</summary>
    public bool IsPackPut => Method == "PUT" && IsPack;

    /// <summary>True for the read of a pack.</summary>
    public bool IsPackGet => Method == "GET" && IsPack;

    private bool IsPack => Target.Contains("/data/", StringComparison.Ordinal);

    public string? this[string name] => Headers
        .FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The head with other values of one header.</summary>
    public ProxiedRequest With(string name, string value) => this with
    {
        Headers =
        [
            .. Headers.Where(header => !header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)), (name, value),
        ],
    };

    public override string ToString() =>
        $"{Method} {Target} HTTP/1.1\r\n{string.Concat(Headers.Select(static header => $"{header.Name}: {header.Value}\r\n"))}\r\n";
}
