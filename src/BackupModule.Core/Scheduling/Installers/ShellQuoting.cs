using System;
using System.Linq;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Writes text so that a shell, cron or systemd reads it back as it is.</summary>
internal static class ShellQuoting
{
    /// <summary>One word of a Bourne shell.</summary>
    public static string Shell(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>The command of a crontab's line, in which a bare % would be a line end.</summary>
    public static string Crontab(string command) => command.Replace("%", @"\%", StringComparison.Ordinal);

    /// <summary>The program of a systemd command line, in which % begins a specifier. It can have no quotes or backslashes.
    /// </summary>
    public static string SystemdProgram(string path) => $"\"{Escape(path)}\"";

    /// <summary>One argument of a systemd command line, in which $ begins a variable as well.</summary>
    public static string SystemdWord(string text) =>
        $"\"{Escape(text).Replace("$", "$$", StringComparison.Ordinal)}\"";

    /// <summary>One assignment of a systemd unit, in which $ means nothing.</summary>
    public static string SystemdAssignment(string name, string value) => $"\"{Escape($"{name}={value}")}\"";

    /// <summary>The text as PowerShell reads it between single quotes.</summary>
    public static string PowerShell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>One word of a Windows command line, by the rules of the C library: backslashes count double before a
    /// quote.</summary>
    public static string Windows(string text)
    {
        if (text.Length > 0 && !text.Any(static c => c is ' ' or '\t' or '"'))
        {
            return text;
        }

        System.Text.StringBuilder word = new("\"");
        int backslashes = 0;
        foreach (char c in text)
        {
            if (c == '"')
            {
                word.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            word.Append(c);
        }

        return word.Append('\\', backslashes).Append('"').ToString();
    }

    private static string Escape(string text) => text
        .Replace("\\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("%", "%%", StringComparison.Ordinal);
}
