using System;
using System.IO;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog;

/// <summary>Where the local state is kept.</summary>
/// <param name="Folder">The folder of the local state.</param>
/// <param name="CatalogFile">The catalog's file.</param>
/// <param name="CacheFolder">The folder of copies of what remote repositories store; it can be removed at any time.</param>
public sealed record BackupHome(string Folder, string CatalogFile, string CacheFolder)
{
    /// <summary>Names the environment variable that moves the whole folder.</summary>
    public const string FolderVariable = "BACKUPMODULE_HOME";

    /// <summary>Names the environment variable that moves the catalog alone.</summary>
    public const string CatalogVariable = "BACKUPMODULE_CATALOG";

    private const string CatalogFileName = "catalog.db";
    private const string CacheFolderName = "cache";

    /// <summary>The places that the environment names, else those of the platform. Creates nothing.</summary>
    /// <exception cref="BackupException"><c>LocationUnsupported</c>: the catalog is to be on a server.</exception>
    public static BackupHome Locate() => Locate(Environment.GetEnvironmentVariable);

    /// <summary>As <see cref="Locate()"/>, with the environment given.</summary>
    internal static BackupHome Locate(Func<string, string?> getVariable)
    {
        (string folder, string cache) = getVariable(FolderVariable) is { Length: > 0 } home
            ? (Path.GetFullPath(home), Path.Combine(Path.GetFullPath(home), CacheFolderName))
            : PlatformFolders(getVariable);
        string? catalog = getVariable(CatalogVariable);
        if (string.IsNullOrEmpty(catalog))
        {
            return new BackupHome(folder, Path.Combine(folder, CatalogFileName), cache);
        }

        // The address may hold a password, so it is not repeated.
        return catalog.Contains("://", StringComparison.Ordinal)
            ? throw new BackupException(
                BackupErrorKind.LocationUnsupported,
                $"The environment variable {CatalogVariable} names a server, and this version keeps its catalog in a file.",
                $"Set {CatalogVariable} to the path of a file, or remove it.")
            : new BackupHome(folder, Path.GetFullPath(catalog), cache);
    }

    private static (string State, string Cache) PlatformFolders(Func<string, string?> getVariable)
    {
        if (OperatingSystem.IsWindows())
        {
            string local = Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData), "BackupModule");
            return (local, Path.Combine(local, CacheFolderName));
        }

        string user = Known(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            string library = Path.Combine(user, "Library");
            return (
                Path.Combine(library, "Application Support", "BackupModule"), Path.Combine(library, "Caches", "BackupModule"));
        }

        return (
            Path.Combine(Named("XDG_DATA_HOME", Path.Combine(user, ".local", "share")), "backupmodule"),
            Path.Combine(Named("XDG_CACHE_HOME", Path.Combine(user, ".cache")), "backupmodule"));

        // The XDG specification has relative paths ignored.
        string Named(string variable, string otherwise) =>
            getVariable(variable) is { } path && Path.IsPathRooted(path) ? path : otherwise;
    }

    private static string Known(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
}
