using System;
using System.IO;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog;

/// <summary>Where the local state is kept.</summary>
/// <param name="Folder">The folder of the local state.</param>
/// <param name="CatalogFile">The catalog's file.</param>
public sealed record BackupHome(string Folder, string CatalogFile)
{
    /// <summary>Names the environment variable that moves the whole folder.</summary>
    public const string FolderVariable = "BACKUPMODULE_HOME";

    /// <summary>Names the environment variable that moves the catalog alone.</summary>
    public const string CatalogVariable = "BACKUPMODULE_CATALOG";

    private const string CatalogFileName = "catalog.db";

    /// <summary>The places that the environment names, else those of the platform. Creates nothing.</summary>
    /// <exception cref="BackupException"><c>LocationUnsupported</c>: the catalog is to be on a server.</exception>
    public static BackupHome Locate() => Locate(Environment.GetEnvironmentVariable);

    /// <summary>As <see cref="Locate()"/>, with the environment given.</summary>
    internal static BackupHome Locate(Func<string, string?> getVariable)
    {
        string folder = getVariable(FolderVariable) is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : PlatformFolder(getVariable);
        string? catalog = getVariable(CatalogVariable);
        if (string.IsNullOrEmpty(catalog))
        {
            return new BackupHome(folder, Path.Combine(folder, CatalogFileName));
        }

        // The address may hold a password, so it is not repeated.
        return catalog.Contains("://", StringComparison.Ordinal)
            ? throw new BackupException(
                BackupErrorKind.LocationUnsupported,
                $"The environment variable {CatalogVariable} names a server, and this version keeps its catalog in a file.",
                $"Set {CatalogVariable} to the path of a file, or remove it.")
            : new BackupHome(folder, Path.GetFullPath(catalog));
    }

    private static string PlatformFolder(Func<string, string?> getVariable)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData), "BackupModule");
        }

        string user = Known(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(user, "Library", "Application Support", "BackupModule");
        }

        // The XDG specification has relative paths ignored.
        string? data = getVariable("XDG_DATA_HOME");
        return Path.Combine(Path.IsPathRooted(data) ? data : Path.Combine(user, ".local", "share"), "backupmodule");
    }

    private static string Known(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
}
