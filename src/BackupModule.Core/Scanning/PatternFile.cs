using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning;

/// <summary>Reads files of exclude patterns, as restic does.</summary>
internal static class PatternFile
{
    private const string ShellVariables = "*#$@!?-0123456789";

    /// <summary>The patterns of a file: UTF-8, or UTF-16 with a byte order mark.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string text;
        try
        {
            text = Decode(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The file of exclude patterns '{path}' cannot be read: {e.Message}",
                "Check the path and that the current user may read the file.",
                e)
            {
                Subject = path,
            };
        }

        List<string> patterns = [];
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                patterns.Add(ExpandVariables(trimmed, Environment.GetEnvironmentVariable));
            }
        }

        return patterns;
    }

    /// <summary>Puts the variables' values in the place of <c>$NAME</c> and <c>${NAME}</c>, nothing in the place of
    /// those that are not set and of malformed ones, and <c>$</c> in the place of <c>$$</c>. A <c>$</c> with no name
    /// after it stays.</summary>
    public static string ExpandVariables(string text, Func<string, string?> getVariable)
    {
        StringBuilder expanded = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<char> rest = text.AsSpan(i + 1);
            if (text[i] != '$' || rest.IsEmpty)
            {
                expanded.Append(text[i]);
                continue;
            }

            (string? name, int length) = ReadVariableName(rest);
            if (length == 0)
            {
                expanded.Append('$');
            }
            else if (name is not null)
            {
                expanded.Append(name == "$" ? name : getVariable(name));
            }

            i += length;
        }

        return expanded.ToString();
    }

    // The name and how many characters it takes; null for one that is malformed and vanishes.
    private static (string? Name, int Length) ReadVariableName(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
        {
            int end = text.IndexOf('}');
            return end switch
            {
                < 0 => (null, 1),
                1 => (null, 2),
                _ => (text[1..end].ToString(), end + 1),
            };
        }

        if (ShellVariables.Contains(text[0], StringComparison.Ordinal))
        {
            return (text[..1].ToString(), 1);
        }

        int length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
        {
            length++;
        }

        return (text[..length].ToString(), length);
    }

    private static string Decode(byte[] content) => content switch
    {
        [0xef, 0xbb, 0xbf, .. var rest] => RawText.Decode(rest),
        [0xff, 0xfe, .. var rest] => Encoding.Unicode.GetString(rest),
        [0xfe, 0xff, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
        _ => RawText.Decode(content),
    };
}
