using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace BackupModule.Completion;

/// <summary>Makes completions of candidates that start with what was typed.</summary>
internal static class Suggestions
{
    /// <summary>The completions, in the candidates' order.</summary>
    /// <param name="word">What was typed, perhaps in quotes.</param>
    /// <param name="candidates">Each with what its tooltip says.</param>
    public static IEnumerable<CompletionResult> For(
        string? word, IEnumerable<(string Text, string ToolTip)> candidates)
    {
        string start = (word ?? string.Empty).Trim('\'', '"');
        return
        [
            .. candidates
                .Where(candidate => candidate.Text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                .Select(static candidate => new CompletionResult(
                    Quote(candidate.Text),
                    candidate.Text,
                    CompletionResultType.ParameterValue,
                    candidate.ToolTip.Length > 0 ? candidate.ToolTip : candidate.Text)),
        ];
    }

    private static string Quote(string text) =>
        text.Length > 0 && text.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
