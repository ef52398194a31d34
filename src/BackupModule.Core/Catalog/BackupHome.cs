using System;
using System.IO;

namespace BackupModule.Core.Catalog;

/// <summary>Where the local state is kept.</summary>
/// <param name="Folder">The folder of the local state.</param>
/// <param name="Catalog">The catalog: the path of a file, or the address of a database on a server.</param>
/// <param name="CacheFolder">The folder of copies of what remote repositories store; it can be removed at any time.</param>
public sealed record BackupHome(string Folder, string Catalog, string CacheFolder)
{
    /// <summary>Names the environment variable that moves the whole folder.</summary>
    public const string FolderVariable = "BACKUPMODULE_HOME";

    /// <summary>Names the environment variable that moves the catalog alone.</summary>
    public const string CatalogVariable = "BACKUPMODULE_CATALOG";

    /// <summary>Names the environment variable that says where the password of a catalog on a server is found.</summary>
    public const string CatalogPasswordVariable = "BACKUPMODULE_CATALOG_PASSWORD";

    private const string CatalogFileName = "catalog.db";
    private const string CacheFolderName = "cache";

    /// <summary>Where the password of a catalog on a server is found, as a secret reference; null if nobody said.</summary>
    public string? CatalogPassword { get; init; }

    /// <summary>The places that the environment names, else those of the platform. Creates nothing.</summary>
    public static BackupHome Locate() => Locate(Environment.GetEnvironmentVariable);

    /// <summary>As <see cref="Locate()"/>, with the environment given.</summary>
    internal static BackupHome Locate(Func<string, string?> getVariable)
    {
        (string folder, string cache) = getVariable(FolderVariable) is { Length: > 0 } home
            ? (Path.GetFullPath(home), Path.Combine(Path.GetFullPath(home), CacheFolderName))
            : PlatformFolders(getVariable);
        string catalog = getVariable(CatalogVariable) switch
        {
            null or "" => Path.Combine(folder, CatalogFileName),
            { } address when address.Contains("://", StringComparison.Ordinal) => address,
            { } path => Path.GetFullPath(path),
        };
        return new BackupHome(folder, catalog, cache)
        {
            CatalogPassword = getVariable(CatalogPasswordVariable) is { Length: > 0 } reference ? reference : null,
        };
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
