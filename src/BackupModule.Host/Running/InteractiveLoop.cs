using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using BackupModule.Host.Terminal;

namespace BackupModule.Host.Running;

/// <summary>Reads commands from the terminal and runs each, until <c>exit</c> or Ctrl+D.</summary>
internal sealed class InteractiveLoop(ConsoleHost host, PipelineRunner runner, KeyReader keys, StopSignals signals)
{
    private const string DefaultPrompt = "PS> ";
    private const string ContinuationPrompt = ">> ";

    private readonly List<string> _history = [];

    public void Run(bool nested)
    {
        // A pipeline that waits for the end of a nested prompt is not what Ctrl+C means there.
        Action? outer = signals.SendTo(null);
        while (host.ExitRequested is null && !signals.TerminationRequested)
        {
            signals.ForgetInterrupt();
            string prompt = LastLine(Prompt(nested));
            string? text = keys.TakeControlC(() => ReadCommand(prompt, nested));
            if (text is null)
            {
                break;
            }

            if (!string.IsNullOrWhiteSpace(text))
            {
                runner.Run(shell => shell.AddScript(text, useLocalScope: false), nested);
            }
        }

        if (nested)
        {
            host.TakeBackExit();
        }

        signals.ForgetInterrupt();
        signals.SendTo(outer);
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

    private string? ReadCommand(string prompt, bool nested)
    {
        TabCompleter completer = new(() => runner.Create(nested));
        string text = string.Empty;
        try
        {
            while (true)
            {
                string? line = new LineEditor(prompt, keys).Read(_history, completer);
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
        finally
        {
            // The next Ctrl+C is for the command.
            signals.ForgetInterrupt();
        }
    }

    private string Prompt(bool nested)
    {
        try
        {
            string prompt = runner.Evaluate("prompt", nested);
            return prompt.Length > 0 ? prompt : DefaultPrompt;
        }
        catch (RuntimeException)
        {
            return DefaultPrompt;
        }
        finally
        {
            // One that ended the prompt function is not meant for the line.
            signals.ForgetInterrupt();
        }
    }
}
