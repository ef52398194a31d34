using System;

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
}
