using System;
using System.Collections.Generic;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning;

namespace BackupModule.Cmdlets;

/// <summary>
/// Turns paths as users type them, relative to PowerShell's location and with its drives and wildcards, into absolute
/// paths of the file system. Belongs to the pipeline thread.
/// </summary>
internal static class FilePaths
{
    private const string FileSystem = "FileSystem";

    /// <summary>The folder that relative paths start from.</summary>
    public static string CurrentFolder(PSCmdlet cmdlet) =>
        cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>The absolute path; wildcards mean themselves, and nothing need be there.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: not a path of the file system.</exception>
    public static string Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            string found = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(
                path, out ProviderInfo provider, out _);

            // A plain name is relative to the file system's own location, even while the current drive is another.
            return provider.Name == FileSystem
                ? TargetTree.Clean(found, CurrentFolder(cmdlet))
                : path.Contains(':', StringComparison.Ordinal)
                    ? throw NoFile(path, null)
                    : TargetTree.Clean(path, CurrentFolder(cmdlet));
        }
        catch (Exception failure) when (failure is DriveNotFoundException or ProviderNotFoundException
            or NotSupportedException)
        {
            throw NoFile(path, failure);
        }
    }

    /// <summary>The absolute paths that a path with wildcards matches; the path itself where it has none.</summary>
    /// <exception cref="BackupException"><c>SourceNotFound</c>: nothing matches; <c>InvalidArgument</c>.</exception>
    public static IReadOnlyList<string> Expand(PSCmdlet cmdlet, string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [Resolve(cmdlet, path)];
        }

        List<string> found = [];
        try
        {
            PathIntrinsics paths = cmdlet.SessionState.Path;
            foreach (string match in paths.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider))
            {
                found.Add(provider.Name == FileSystem
                    ? TargetTree.Clean(match, CurrentFolder(cmdlet))
                    : throw NoFile(path, null));
            }
        }
        catch (ItemNotFoundException)
        {
            // Some providers throw where nothing matches, others return nothing.
        }

        return found.Count > 0
            ? found
            : throw new BackupException(
                BackupErrorKind.SourceNotFound,
                $"Nothing matches '{path}'.",
                "Check the path. -LiteralPath takes the characters * ? [ ] as they are.")
            {
                Subject = path,
            };
    }

    private static BackupException NoFile(string path, Exception? inner) => new(
        BackupErrorKind.InvalidArgument,
        $"'{path}' is not a path of the file system.",
        "Give a file or folder.",
        inner)
    {
        Subject = path,
    };
}
