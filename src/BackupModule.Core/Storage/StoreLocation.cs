using System;
using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Core.Storage;

/// <summary>Where a repository is: a path, or a URI whose scheme names the kind of store.</summary>
public sealed record StoreLocation
{
    private StoreLocation(string text, string provider)
    {
        Text = text;
        Provider = provider;
    }

    /// <summary>The location in full: an absolute path. Contains no secret.</summary>
    public string Text { get; }

    /// <summary>The kind of store, e.g. <c>Local</c>.</summary>
    public string Provider { get; }

    /// <summary>Reads a path or URI.</summary>
    /// <param name="text">A path, absolute or relative to <paramref name="baseDirectory"/>, or a <c>file:</c> URI.</param>
    /// <param name="baseDirectory">What relative paths start from.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, or <c>LocationUnsupported</c> for a scheme that no
    /// store here serves.</exception>
    public static StoreLocation Parse(string text, string baseDirectory)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, "The location is empty.", "Give a folder, e.g. /srv/backup/main.");
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return new StoreLocation(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, baseDirectory)), "Local");
        }

        if (text.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
                ? new StoreLocation(Path.TrimEndingDirectorySeparator(uri.LocalPath), "Local")
                : throw new BackupException(
                    BackupErrorKind.InvalidArgument,
                    $"The location '{text}' is not a valid URI.",
                    "Give a folder, e.g. /srv/backup/main.");
        }

        throw new BackupException(
            BackupErrorKind.LocationUnsupported,
            $"Locations of the kind '{text[..scheme]}://' are not supported.",
            "Use a folder on a local or mounted disk.")
        {
            Subject = text,
        };
    }

    /// <summary>The store at this location. Nothing is read or written yet.</summary>
    public IObjectStore OpenStore() => new LocalObjectStore(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
