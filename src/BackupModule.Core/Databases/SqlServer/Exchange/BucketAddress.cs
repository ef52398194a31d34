using System;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>An exchange path in a bucket, as <c>s3://host:9000/bucket/prefix</c>.</summary>
/// <param name="Url">The address as SQL Server names it, without a separator at its end.</param>
/// <param name="Endpoint">Where the server of the bucket is: SQL Server's <c>s3:</c> is always https.</param>
/// <param name="Location">The bucket and the prefix.</param>
internal sealed record BucketAddress(string Url, Uri Endpoint, StoreLocation Location)
{
    /// <summary>The most characters that SQL Server takes for the address of an object.</summary>
    public const int LongestUrl = 259;

    private const string Form = "Write s3://HOST:PORT/BUCKET or s3://HOST:PORT/BUCKET/PREFIX.";

    /// <summary>The address of the bucket itself, for which the server has a credential.</summary>
    public string BucketUrl => Url[..^(Location.Prefix.Length > 0 ? Location.Prefix.Length : 0)].TrimEnd('/');

    /// <summary>Reads an exchange path.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is no address in a bucket, or has a key in it.</exception>
    public static BucketAddress Parse(string path)
    {
        string rest = path[BackupDevice.BucketScheme.Length..];
        if (rest.Contains('@', StringComparison.Ordinal))
        {
            // What stands before it may be a secret, so it is not repeated.
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "An exchange path holds no credentials.",
                "Give the host and the bucket alone, and the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        }

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !Uri.TryCreate($"https://{rest[..slash]}", UriKind.Absolute, out Uri? endpoint))
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, $"'{path}' names no host and bucket.", Form);
        }

        string location = rest[(slash + 1)..].Trim('/');
        if (location.AsSpan().IndexOfAny("?#%") >= 0)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, $"'{path}' has a '?', '#' or '%' in it, which means something else in an address.", Form);
        }

        StoreLocation place = StoreLocation.Parse($"{BackupDevice.BucketScheme}{location}", string.Empty);
        return new BucketAddress(
            $"{BackupDevice.BucketScheme}{rest[..slash]}/{place.Text[BackupDevice.BucketScheme.Length..]}", endpoint, place);
    }
}
