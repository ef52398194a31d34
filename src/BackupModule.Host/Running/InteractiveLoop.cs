using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using BackupModule.Host.Terminal;

namespace BackupModule.Host.Running;

/// <summary>Reads commands from the terminal and runs each, until <c>exit</c> or Ctrl+D.</summary>
internal sealed class InteractiveLoop(ConsoleHost host, PipelineRunner runner, StopSignals signals)
{
    private const string ContinuationPrompt = ">> ";

    private readonly List<string> _history = [];

    public void Run(bool nested)
    {
        while (host.ExitRequested is null && !signals.TerminationRequested)
        {
            string? text = ReadCommand(nested);
            if (text is null)
            {
                break;
            }

            if (!string.IsNullOrWhiteSpace(text))
            {
                signals.Reset();
                runner.Run(shell => shell.AddScript(text, useLocalScope: false), nested);
            }
        }

        if (nested)
        {
            host.TakeBackExit();
        }
    }

    // The parser says whether what was typed so far can still become a command.
    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }

    private static string LastLine(string prompt)
    {
        int start = prompt.LastIndexOf('\n') + 1;
        Console.Out.Write(prompt[..start]);
        return prompt[start..];
    }

    private string? ReadCommand(bool nested)
    {
        TabCompleter completer = new(() => runner.Create(nested));
        string text = string.Empty;
        string prompt = LastLine(Prompt(nested));
        try
        {
            while (true)
            {
                string? line = new LineEditor(prompt).Read(_history, completer);
                if (line is null)
                {
                    return text.Length == 0 ? null : string.Empty;
                }

                if (line.Length > 0 && line != _history.LastOrDefault())
                {
                    _history.Add(line);
                }

                text = text.Length == 0 ? line : text + '\n' + line;
                if (!IsIncomplete(text))
                {
                    return text;
                }

                prompt = ContinuationPrompt;
            }
        }
        catch (PipelineStoppedException)
        {
            return string.Empty;
        }
    }

    private string Prompt(bool nested)
    {
        try
        {
            return runner.Evaluate("prompt", nested);
        }
        catch (RuntimeException)
        {
            return "PS> ";
        }
    }
}
