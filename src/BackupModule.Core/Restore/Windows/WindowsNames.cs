using System;
using System.Buffers;

namespace BackupModule.Core.Restore.Windows;

/// <summary>The names that Windows, or programs on it, would take for something else than a file of that name.</summary>
internal static class WindowsNames
{
    private static readonly SearchValues<char> _forbidden = SearchValues.Create("\\:<>\"|?*");
    private static readonly string[] _devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>Refuses a path with such a name, after <see cref="RestorePath.Check"/>.</summary>
    /// <exception cref="Diagnostics.BackupException"><c>UnsafePath</c>.</exception>
    public static void Check(string path)
    {
        RestorePath.Check(path);
        foreach (Range range in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> part = path.AsSpan(range);
            if (part.ContainsAny(_forbidden) || part.ContainsAnyInRange('\0', '\u001f')
                || part is [.., '.' or ' '] || IsDevice(part))
            {
                throw RestorePath.Refuse(path, "Windows would not take it for a plain name");
            }
        }
    }

    private static bool IsDevice(ReadOnlySpan<char> name)
    {
        // A device keeps its name whatever extension follows.
        int dot = name.IndexOf('.');
        ReadOnlySpan<char> stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        foreach (string device in _devices)
        {
            if (stem.Equals(device, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return stem.Length == 4 && "0123456789\u00b9\u00b2\u00b3".Contains(stem[3])
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
                || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase));
    }
}
