using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace BackupModule.Tests.Module;

/// <summary>Types answers that were given before, and keeps what is shown.</summary>
internal sealed class TestUserInterface : PSHostUserInterface
{
    private readonly StringBuilder _shown = new();

    public Queue<string> Answers { get; } = new();

    public Queue<int> Choices { get; } = new();

    public string Shown => _shown.ToString();

    public override PSHostRawUserInterface RawUI { get; } = new TestRawUserInterface();

    public override SecureString ReadLineAsSecureString()
    {
        SecureString answer = new();
        foreach (char c in Answers.Dequeue())
        {
            answer.AppendChar(c);
        }

        return answer;
    }

    public override string ReadLine() => Answers.Dequeue();

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => Choices.Dequeue();

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw new NotSupportedException();

    public override void Write(string value) => _shown.Append(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        _shown.Append(value);

    public override void WriteLine(string value) => _shown.Append(value).Append('\n');

    public override void WriteDebugLine(string message) => WriteLine(message);

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteVerboseLine(string message) => WriteLine(message);

    public override void WriteWarningLine(string message) => WriteLine(message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }
}
