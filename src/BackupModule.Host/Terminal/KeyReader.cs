using System;
using System.Management.Automation;
using System.Text;

namespace BackupModule.Host.Terminal;

/// <summary>Reads keys from the terminal up to Enter, with Ctrl+C taken as a key and not as a signal.</summary>
internal static class KeyReader
{
    /// <summary>Reads an answer after a question whose place on the line is not known: no editing but Backspace.</summary>
    /// <param name="echo">False for secrets.</param>
    public static string? ReadAnswer(bool echo)
    {
        StringBuilder text = new();
        return ReadUntilEnter(text.ToString, key =>
        {
            if (key.Key == ConsoleKey.Backspace && text.Length > 0)
            {
                text.Length--;
                Console.Out.Write(echo ? "\b \b" : string.Empty);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
                Console.Out.Write(echo ? key.KeyChar.ToString() : string.Empty);
            }
        });
    }

    /// <param name="result">Gives the line when Enter is pressed.</param>
    /// <param name="handle">Gets every other key.</param>
    /// <returns>Null when Ctrl+D was pressed on an empty line.</returns>
    /// <exception cref="PipelineStoppedException">Ctrl+C was pressed.</exception>
    public static string? ReadUntilEnter(Func<string> result, Action<ConsoleKeyInfo> handle)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
                {
                    Console.Out.WriteLine();
                    return result();
                }

                if (control && key.Key == ConsoleKey.C)
                {
                    Console.Out.WriteLine("^C");
                    throw new PipelineStoppedException();
                }

                if (control && key.Key == ConsoleKey.D && result().Length == 0)
                {
                    Console.Out.WriteLine();
                    return null;
                }

                handle(key);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }
}
