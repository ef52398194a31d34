using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>
/// Splits a command line into a program and its arguments without a shell. White space parts arguments; within single
/// or double quotes it does not, and there a quote is written twice. Nothing else is special, so that Windows paths need
/// no care.
/// </summary>
internal static class CommandLine
{
    /// <summary>The program and its arguments; false if there is no program or a quote is not closed.</summary>
    public static bool TrySplit(string text, [NotNullWhen(true)] out IReadOnlyList<string>? parts)
    {
        List<string> found = [];
        StringBuilder part = new();
        bool isPart = false;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote != '\0')
            {
                bool isQuote = c == quote;
                bool isDoubled = isQuote && i + 1 < text.Length && text[i + 1] == quote;
                if (isQuote && !isDoubled)
                {
                    quote = '\0';
                    continue;
                }

                part.Append(c);
                i += isDoubled ? 1 : 0;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                isPart = true;
            }
            else if (!char.IsWhiteSpace(c))
            {
                part.Append(c);
                isPart = true;
            }
            else if (isPart)
            {
                found.Add(part.ToString());
                part.Clear();
                isPart = false;
            }
        }

        if (isPart)
        {
            found.Add(part.ToString());
        }

        parts = quote == '\0' && found.Count > 0 && found[0].Length > 0 ? found : null;
        return parts is not null;
    }
}
