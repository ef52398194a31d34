using System;
using System.IO;
using System.Text.RegularExpressions;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>Where a repository is: a folder, or a bucket and a prefix in it.</summary>
public sealed partial record StoreLocation
{
    private StoreLocation(string text, StoreProvider provider, string bucket, string prefix)
    {
        Text = text;
        Provider = provider;
        Bucket = bucket;
        Prefix = prefix;
    }

    /// <summary>The location in full: an absolute path, or a URI. Contains no secret.</summary>
    public string Text { get; }

    /// <summary>The provider that the scheme stands for; settings may name another of the same protocol.</summary>
    public StoreProvider Provider { get; }

    /// <summary>The bucket; empty for a folder.</summary>
    public string Bucket { get; }

    /// <summary>What all keys in the bucket start with: empty, or without <c>/</c> at its start and with one at its end.
    /// </summary>
    public string Prefix { get; }

    /// <summary>Reads a path or URI.</summary>
    /// <param name="text">A path, absolute or relative to <paramref name="baseDirectory"/>, a <c>file:</c> URI,
    /// <c>s3://BUCKET/PREFIX</c> or <c>gs://BUCKET/PREFIX</c>.</param>
    /// <param name="baseDirectory">What relative paths start from.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, or <c>LocationUnsupported</c> for a scheme that no
    /// store here serves.</exception>
    public static StoreLocation Parse(string text, string baseDirectory)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Invalid("The location is empty.");
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0
            ? Folder(Path.GetFullPath(text, baseDirectory))
            : text[..scheme].ToLowerInvariant() switch
            {
                "file" => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
                    ? Folder(uri.LocalPath)
                    : throw Invalid($"The location '{text}' is not a valid URI."),
                "s3" => InBucket("s3", StoreProvider.AmazonS3, text[(scheme + 3)..]),
                "gs" => InBucket("gs", StoreProvider.GoogleCloudStorage, text[(scheme + 3)..]),
                _ => throw new BackupException(
                    BackupErrorKind.LocationUnsupported,
                    $"Locations of the kind '{text[..scheme]}://' are not supported.",
                    "Use a folder on a local or mounted disk, s3://BUCKET/PREFIX, or gs://BUCKET/PREFIX.")
                {
                    Subject = text,
                },
            };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static StoreLocation Folder(string path) =>
        new(Path.TrimEndingDirectorySeparator(path), StoreProvider.Local, string.Empty, string.Empty);

    private static StoreLocation InBucket(string scheme, StoreProvider provider, string rest)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? rest : rest[..slash];
        if (bucket.Contains('@', StringComparison.Ordinal))
        {
            // What stands before it may be a secret, so it is not repeated.
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "A location holds no credentials.",
                "Give the bucket alone, and the key with -AccessKeyId and -SecretKey.");
        }

        if (!BucketName().IsMatch(bucket))
        {
            throw Invalid(
                $"'{bucket}' is not the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.");
        }

        string[] parts = (slash < 0 ? string.Empty : rest[slash..])
            .Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (Array.Exists(parts, static part => part is "." or ".."))
        {
            throw Invalid("A prefix in a bucket has no '.' or '..' in it.");
        }

        string prefix = string.Join('/', parts);
        return new StoreLocation(
            $"{scheme}://{bucket}{(prefix.Length > 0 ? "/" : string.Empty)}{prefix}",
            provider,
            bucket,
            prefix.Length > 0 ? prefix + "/" : string.Empty);
    }

    private static BackupException Invalid(string message) => new(
        BackupErrorKind.InvalidArgument, message, "Give a folder, e.g. /srv/backup/main, or s3://BUCKET/PREFIX.");

    // S3's and Google's common ground; Google's also allow underscores.
    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();
}
