using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace BackupModule.Host.Terminal;

/// <summary>Reads answers from the terminal, or line by line from standard input.</summary>
internal sealed class ConsoleInput(bool nonInteractive, KeyReader keys)
{
    public bool IsTerminal { get; } = !Console.IsInputRedirected;

    /// <returns>Null at the end of the input.</returns>
    /// <exception cref="PipelineStoppedException">Ctrl+C was pressed instead.</exception>
    public string? ReadLine()
    {
        Demand();
        return IsTerminal ? keys.ReadAnswer(echo: true) : Console.In.ReadLine();
    }

    /// <summary>Reads a line that is not shown while it is typed.</summary>
    public SecureString ReadSecret()
    {
        Demand();
        string? line = IsTerminal ? keys.ReadAnswer(echo: false) : Console.In.ReadLine();
        SecureString secret = new();
        foreach (char c in line ?? throw EndOfInput())
        {
            secret.AppendChar(c);
        }

        secret.MakeReadOnly();
        return secret;
    }

    public string ReadAnswer() => ReadLine() ?? throw EndOfInput();

    private static HostException EndOfInput() => new(
        "The input ended where an answer was expected.", null, "EndOfInput", ErrorCategory.ReadError);

    private void Demand()
    {
        if (nonInteractive)
        {
            throw new HostException(
                "A question was asked in a session started with -NonInteractive. Give the value as a parameter, "
                + "or -Confirm:$false where the question is a confirmation.",
                null,
                "NonInteractive",
                ErrorCategory.InvalidOperation);
        }
    }
}
