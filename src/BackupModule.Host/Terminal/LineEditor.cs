using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;

namespace BackupModule.Host.Terminal;

/// <summary>Edits one command line on a terminal: cursor keys, history, completion.</summary>
internal sealed class LineEditor(string prompt, KeyReader keys)
{
    private readonly StringBuilder _text = new();
    private readonly int _promptWidth = new StringDecorated(prompt).ContentLength;
    private int _cursor;
    private int _cursorRow;

    /// <param name="history">Earlier lines, oldest first.</param>
    /// <param name="completer">Answers the Tab key.</param>
    /// <returns>Null when Ctrl+D was pressed on an empty line.</returns>
    /// <exception cref="PipelineStoppedException">Ctrl+C was pressed.</exception>
    public string? Read(IReadOnlyList<string> history, TabCompleter completer)
    {
        int place = history.Count;
        Draw();
        return keys.ReadUntilEnter(() => _text.ToString(), key =>
        {
            if (key.Key == ConsoleKey.Tab)
            {
                (string text, int cursor) = completer.Next(_text.ToString(), _cursor);
                Replace(text, cursor);
            }
            else if (key.Key is ConsoleKey.UpArrow or ConsoleKey.DownArrow)
            {
                place = Math.Clamp(place + (key.Key == ConsoleKey.UpArrow ? -1 : 1), 0, history.Count);
                string line = place < history.Count ? history[place] : string.Empty;
                Replace(line, line.Length);
            }
            else
            {
                Edit(key);
            }

            Draw();
        });
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                _cursor = Math.Max(0, _cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                _cursor = Math.Min(_text.Length, _cursor + 1);
                break;
            case ConsoleKey.Home:
                _cursor = 0;
                break;
            case ConsoleKey.End:
                _cursor = _text.Length;
                break;
            case ConsoleKey.Escape:
                Replace(string.Empty, 0);
                break;
            case ConsoleKey.Backspace:
                if (_cursor > 0)
                {
                    _text.Remove(--_cursor, 1);
                }

                break;
            case ConsoleKey.Delete:
                if (_cursor < _text.Length)
                {
                    _text.Remove(_cursor, 1);
                }

                break;
            default:
                if (!char.IsControl(key.KeyChar))
                {
                    _text.Insert(_cursor++, key.KeyChar);
                }

                break;
        }
    }

    private void Replace(string text, int cursor)
    {
        _text.Clear().Append(text);
        _cursor = cursor;
    }

    // Moves relative to the row the prompt began on, so that a line wrapped over several rows is redrawn right.
    private void Draw()
    {
        int width = Math.Max(1, Console.WindowWidth);
        StringBuilder output = new();
        Move(output, _cursorRow, 'A');
        output.Append('\r').Append(prompt).Append(_text);
        int end = _promptWidth + _text.Length;
        if (end > 0 && end % width == 0)
        {
            // Terminals wait for the next character before they wrap.
            output.Append(' ');
        }

        output.Append("\x1b[J");
        int place = _promptWidth + _cursor;
        _cursorRow = place / width;
        Move(output, (end / width) - _cursorRow, 'A');
        output.Append('\r');
        Move(output, place % width, 'C');
        Console.Out.Write(output);
    }

    private static void Move(StringBuilder output, int steps, char direction)
    {
        if (steps > 0)
        {
            output.Append("\x1b[").Append(steps).Append(direction);
        }
    }
}
