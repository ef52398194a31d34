using System;
using System.Text;

namespace BackupModule.Cmdlets;

/// <summary>Paths within backups: absolute, with <c>/</c> between parts on every platform.</summary>
internal static class BackupPaths
{
    /// <summary>The path within a backup of what a user typed: also <c>C:\x</c>, which backups hold as <c>/C/x</c>.
    /// </summary>
    public static string Clean(string path)
    {
        string text = path;
        if (text.Length >= 2 && char.IsAsciiLetter(text[0]) && text[1] == ':')
        {
            text = $"/{text[0]}/{text[2..].Replace('\\', '/')}";
        }

        return "/" + string.Join('/', text.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A pattern that matches just this path.</summary>
    public static string EscapePattern(string path)
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
