using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace BackupModule.Host.Terminal;

/// <summary>Size, colours, cursor and keys of the terminal; sensible answers where there is none.</summary>
internal sealed class ConsoleRawUserInterface(ConsoleTerminal terminal) : PSHostRawUserInterface
{
    /// <summary>Characters a line may have where no terminal sets the width.</summary>
    private const int DefaultWidth = 120;

    private const int DefaultHeight = 50;

    private static readonly int s_columns = int.TryParse(
        Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
        && columns > 0 ? columns : DefaultWidth;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "psbackup";

    public override Coordinates WindowPosition { get; set; }

    public override Size BufferSize
    {
        get => terminal.OutputIsTerminal && Console.WindowWidth > 0
            ? new Size(Console.WindowWidth, Math.Max(1, Console.WindowHeight))
            : new Size(s_columns, DefaultHeight);
        set { }
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set { }
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    // Asking a terminal where its cursor is would eat what the user types ahead.
    public override Coordinates CursorPosition
    {
        get => new(0, 0);
        set
        {
            if (terminal.OutputIsTerminal)
            {
                Console.SetCursorPosition(value.X, value.Y);
            }
        }
    }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (Console.IsInputRedirected)
        {
            throw new HostException("A key cannot be read: standard input is not a terminal.");
        }

        ConsoleKeyInfo key = Console.ReadKey(intercept: options.HasFlag(ReadKeyOptions.NoEcho));
        ControlKeyStates states =
            (key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0)
            | (key.Modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0)
            | (key.Modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0);
        return new KeyInfo((int)key.Key, key.KeyChar, states, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) =>
        throw new HostException("A terminal cannot be asked what it shows.");

    /// <summary>Only clearing the whole screen is possible, which is what <c>Clear-Host</c> asks for.</summary>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (terminal.OutputIsTerminal)
        {
            Console.Clear();
        }
    }

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw new HostException("Text can be written to a terminal, cells cannot.");

    public override void ScrollBufferContents(
        Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new HostException("A terminal cannot be scrolled by its program.");
}
