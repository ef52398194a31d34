using System;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Spells paths for the system's calls.</summary>
internal static class WindowsPath
{
    private const string Verbatim = @"\\?\";

    /// <summary>The path in the form that has no limit on its length and that Windows does not reinterpret.</summary>
    /// <param name="rawPath">An absolute path as raw text, with either slash.</param>
    public static string ToVerbatim(string rawPath)
    {
        string path = WindowsText.FromRaw(rawPath).Replace('/', '\\');
        path = path.TrimEnd('\\') + (IsRoot(path) ? "\\" : string.Empty);
        return path.StartsWith(Verbatim, StringComparison.Ordinal) ? path
            : path.StartsWith(@"\\", StringComparison.Ordinal) ? $@"{Verbatim}UNC\{path.AsSpan(2)}"
            : Verbatim + path;
    }

    /// <summary>The path's last part; a drive's letter with its colon for the drive's root.</summary>
    public static string LastPart(string rawPath)
    {
        ReadOnlySpan<char> path = rawPath.AsSpan().TrimEnd(@"\/");
        return path[(path.LastIndexOfAny('\\', '/') + 1)..].ToString();
    }

    /// <summary>True for <c>C:\</c>.</summary>
    public static bool IsRoot(ReadOnlySpan<char> path) => path is [.., ':', '\\' or '/'] or [.., ':'];
}
