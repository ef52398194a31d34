using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies;

/// <summary>What an application is asked to learn whether it works: a page, which must answer with a status of 200 to 399, or a
/// port, which must take a connection. Holds no secret.</summary>
public sealed record HealthCheck
{
    private const string Tcp = "tcp";

    private HealthCheck(Uri address) => Address = address;

    /// <summary>The page as <c>http://…</c> or <c>https://…</c>, or the port as <c>tcp://HOST:PORT</c>.</summary>
    public Uri Address { get; }

    /// <summary>True for a port, false for a page.</summary>
    public bool IsPort => Address.Scheme == Tcp;

    /// <summary>Reads an address. Messages repeat nothing of one that may hold a password.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is no address that can be asked.</exception>
    public static HealthCheck Parse(string text)
    {
        bool isAddress = Uri.TryCreate(text, UriKind.Absolute, out Uri? address);
        if (isAddress ? address!.UserInfo.Length > 0 : text.Contains('@', StringComparison.Ordinal))
        {
            throw Fault("A health check has a user name or password in it, which is never stored");
        }

        if (address is null || address.IsFile || address.Host.Length == 0)
        {
            throw Fault($"The health check '{text}' is no address");
        }

        if (address.Scheme == Tcp)
        {
            return address is { Port: > 0, AbsolutePath: "" or "/", Query: "", Fragment: "" }
                ? new HealthCheck(address)
                : throw Fault($"The health check '{text}' is not a host with a port and nothing else");
        }

        return address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps
            ? new HealthCheck(address)
            : throw Fault($"The health check '{text}' is of the kind '{address.Scheme}', which is not known");
    }

    /// <inheritdoc/>
    public override string ToString() => Address.OriginalString;

    private static BackupException Fault(string what) => new(
        BackupErrorKind.InvalidArgument,
        what + ".",
        "Write a page as http://127.0.0.1:8080/health, or a port as tcp://127.0.0.1:5432; a program belongs into -PostRestore.");
}
