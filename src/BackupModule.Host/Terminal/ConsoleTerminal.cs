using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace BackupModule.Host.Terminal;

/// <summary>The two output streams, with the progress line kept out of the way of everything else.</summary>
internal sealed class ConsoleTerminal
{
    private readonly object _gate = new();
    private readonly ProgressLine _progress;

    public ConsoleTerminal()
    {
        bool colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        OutputIsTerminal = !Console.IsOutputRedirected;
        OutputHasColour = OutputIsTerminal && colours;
        ErrorHasColour = !Console.IsErrorRedirected && colours;
        _progress = new ProgressLine(Console.Error, enabled: OutputIsTerminal && !Console.IsErrorRedirected);
    }

    public bool OutputIsTerminal { get; }

    public bool OutputHasColour { get; }

    public bool ErrorHasColour { get; }

    public void Write(string text) => Write(Console.Out, text, OutputHasColour);

    /// <param name="style">An escape sequence put before the text where colours are shown.</param>
    public void WriteError(string text, string style) =>
        Write(Console.Error, ErrorHasColour ? style + text + PSStyle.Instance.Reset : text, ErrorHasColour);

    public void ShowProgress(ProgressRecord record)
    {
        lock (_gate)
        {
            _progress.Show(record);
        }
    }

    public void ClearProgress()
    {
        lock (_gate)
        {
            _progress.Clear();
        }
    }

    private void Write(TextWriter writer, string text, bool colours)
    {
        lock (_gate)
        {
            _progress.Clear();
            writer.Write(PSHostUserInterface.GetOutputString(text, colours));
        }
    }
}
