using System;
using System.Management.Automation;

namespace BackupModule.Host.Terminal;

/// <summary>Walks through the engine's completions of the word at the cursor, one a key press.</summary>
internal sealed class TabCompleter(Func<PowerShell> createShell)
{
    private CommandCompletion? _matches;
    private string _lastText = string.Empty;
    private string _source = string.Empty;

    /// <returns>The line with the next completion in it, and where the cursor goes.</returns>
    public (string Text, int Cursor) Next(string text, int cursor)
    {
        if (_matches is null || text != _lastText)
        {
            using PowerShell shell = createShell();
            _matches = CommandCompletion.CompleteInput(text, cursor, null, shell);
            _source = text;
        }

        CompletionResult? match = _matches.GetNextResult(forward: true);
        if (match is null)
        {
            return (text, cursor);
        }

        int start = _matches.ReplacementIndex;
        _lastText = string.Concat(
            _source.AsSpan(0, start), match.CompletionText, _source.AsSpan(start + _matches.ReplacementLength));
        return (_lastText, start + match.CompletionText.Length);
    }
}
