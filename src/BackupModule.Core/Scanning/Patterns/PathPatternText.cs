using System.Text;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>Patterns as text.</summary>
public static class PathPatternText
{
    /// <summary>A pattern that matches just this path.</summary>
    public static string Escape(string path)
    {
        StringBuilder pattern = new(path.Length);
        foreach (char c in path)
        {
            if (c is '*' or '?' or '[' or '\\')
            {
                pattern.Append('\\');
            }

            pattern.Append(c);
        }

        return pattern.ToString();
    }
}
