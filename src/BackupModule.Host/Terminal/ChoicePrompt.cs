using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation.Host;
using System.Text;

namespace BackupModule.Host.Terminal;

/// <summary>Questions with a set of answers, <c>-Confirm</c> among them.</summary>
internal sealed class ChoicePrompt(PSHostUserInterface ui, ConsoleInput input)
{
    /// <returns>The index of the chosen answer.</returns>
    public int AskOne(string? caption, string? message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteQuestion(caption, message);
        while (true)
        {
            string answer = ReadAnswer(choices, defaultChoice >= 0 ? [defaultChoice] : []);
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            int chosen = Find(choices, answer);
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    /// <summary>Takes one answer a line until an empty line.</summary>
    public Collection<int> AskMany(
        string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int> defaultChoices)
    {
        WriteQuestion(caption, message);
        Collection<int> chosen = [];
        int[] defaults = [.. defaultChoices];
        while (true)
        {
            string answer = ReadAnswer(choices, defaults);
            if (answer.Length == 0)
            {
                return chosen.Count > 0 ? chosen : [.. defaults];
            }

            int index = Find(choices, answer);
            if (index >= 0)
            {
                chosen.Add(index);
            }
        }
    }

    private static int Find(Collection<ChoiceDescription> choices, string answer)
    {
        for (int i = 0; i < choices.Count; i++)
        {
            (string key, string label) = Split(choices[i].Label);
            if (answer.Equals(key, StringComparison.OrdinalIgnoreCase)
                || answer.Equals(label, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    // The letter after the ampersand of a label chooses it.
    private static (string Key, string Label) Split(string label)
    {
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        return mark < 0 || mark + 1 >= label.Length
            ? (string.Empty, label)
            : (label.Substring(mark + 1, 1).ToUpperInvariant(), label.Remove(mark, 1));
    }

    private void WriteQuestion(string? caption, string? message)
    {
        foreach (string? line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line))
            {
                ui.WriteLine(line);
            }
        }
    }

    private string ReadAnswer(Collection<ChoiceDescription> choices, int[] defaults)
    {
        while (true)
        {
            StringBuilder question = new();
            foreach (ChoiceDescription choice in choices)
            {
                (string key, string label) = Split(choice.Label);
                question.Append(key.Length > 0 ? $"[{key}] {label}  " : $"{label}  ");
            }

            question.Append("[?] Help");
            if (defaults.Length > 0)
            {
                IEnumerable<string> keys = defaults.Select(index => Split(choices[index].Label))
                    .Select(part => part.Key.Length > 0 ? part.Key : part.Label);
                question.Append(" (default is \"").AppendJoin(',', keys).Append("\")");
            }

            ui.Write(question.Append(": ").ToString());
            string answer = input.ReadAnswer().Trim();
            if (answer != "?")
            {
                return answer;
            }

            foreach (ChoiceDescription choice in choices)
            {
                (string key, string label) = Split(choice.Label);
                ui.WriteLine($"{(key.Length > 0 ? key : label)} - {choice.HelpMessage}");
            }
        }
    }
}
