using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace BackupModule.Host.Terminal;

/// <summary>What the engine and the scripts say to the user, and what they ask.</summary>
internal sealed class ConsoleUserInterface : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    private readonly ConsoleTerminal _terminal;
    private readonly ConsoleInput _input;
    private readonly ErrorTally _errors;
    private readonly ChoicePrompt _choices;
    private readonly FieldPrompt _fields;

    public ConsoleUserInterface(ConsoleTerminal terminal, ConsoleInput input, ErrorTally errors)
    {
        _errors = errors;
        _terminal = terminal;
        _input = input;
        _choices = new ChoicePrompt(this, input);
        _fields = new FieldPrompt(this, input);
        RawUI = new ConsoleRawUserInterface(terminal);
    }

    /// <summary>Set while an error that ended a script is formatted: all text is then an error's.</summary>
    public bool ShowingError { get; set; }

    public override PSHostRawUserInterface RawUI { get; }

    public override bool SupportsVirtualTerminal => _terminal.OutputHasColour;

    public override void Write(string value) => _terminal.Write(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        _terminal.Write(Coloured(foregroundColor, backgroundColor, value));

    public override void WriteLine(string value)
    {
        if (ShowingError)
        {
            WriteErrorLine(value);
        }
        else
        {
            _terminal.Write(value + Environment.NewLine);
        }
    }

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        _terminal.Write(Coloured(foregroundColor, backgroundColor, value) + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        _errors.AnyShown = true;
        _terminal.WriteError(value, string.Empty);
        _terminal.WriteError(Environment.NewLine, string.Empty);
    }

    public override void WriteDebugLine(string message) =>
        WriteMessage("DEBUG: " + message, PSStyle.Instance.Formatting.Debug);

    public override void WriteVerboseLine(string message) =>
        WriteMessage("VERBOSE: " + message, PSStyle.Instance.Formatting.Verbose);

    public override void WriteWarningLine(string message) =>
        WriteMessage("WARNING: " + message, PSStyle.Instance.Formatting.Warning);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _terminal.ShowProgress(record);

    public override string ReadLine() => _input.ReadAnswer();

    public override SecureString ReadLineAsSecureString() => _input.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) =>
        _fields.Ask(caption, message, descriptions);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        _fields.AskCredential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => _fields.AskCredential(caption, message, userName);

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        _choices.AskOne(caption, message, choices, defaultChoice);

    public Collection<int> PromptForChoice(
        string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices) =>
        _choices.AskMany(caption, message, choices, defaultChoices ?? []);

    private static string Coloured(ConsoleColor foreground, ConsoleColor background, string value)
    {
        string style = PSStyle.MapForegroundColorToEscapeSequence(foreground);
        if (background != ConsoleColor.Black)
        {
            style += PSStyle.MapBackgroundColorToEscapeSequence(background);
        }

        return style + value + PSStyle.Instance.Reset;
    }

    private void WriteMessage(string message, string style)
    {
        _terminal.WriteError(message, style);
        _terminal.WriteError(Environment.NewLine, string.Empty);
    }
}
