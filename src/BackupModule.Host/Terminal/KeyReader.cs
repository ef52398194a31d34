using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;
using BackupModule.Host.Running;

namespace BackupModule.Host.Terminal;

/// <summary>Reads keys from the terminal up to Enter, with Ctrl+C taken as a key and not as a signal.</summary>
/// <remarks>
/// A Ctrl+C that was typed after Enter, but before the terminal made a signal of it, is passed on as if it were one.
/// </remarks>
internal sealed class KeyReader(StopSignals signals)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    private readonly Queue<ConsoleKeyInfo> _typedAhead = new();

    /// <summary>Runs what reads keys, with Ctrl+C as a key from its start to its end.</summary>
    public T TakeControlC<T>(Func<T> read)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return read();
        }
        finally
        {
            Console.TreatControlCAsInput = before;
            if (!before)
            {
                TakeTypedAhead();
            }
        }
    }

    /// <summary>Reads an answer after a question whose place on the line is not known: no editing but Backspace.</summary>
    /// <param name="echo">False for secrets.</param>
    public string? ReadAnswer(bool echo)
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
    /// <exception cref="PipelineStoppedException">Ctrl+C was pressed, or a signal asked for a stop.</exception>
    public string? ReadUntilEnter(Func<string> result, Action<ConsoleKeyInfo> handle) => TakeControlC(() =>
    {
        while (true)
        {
            ConsoleKeyInfo key = ReadKey();
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                Console.Out.WriteLine();
                return result();
            }

            if (IsControl(key, ConsoleKey.C))
            {
                Console.Out.WriteLine("^C");
                signals.Interrupt();
                throw new PipelineStoppedException();
            }

            if (IsControl(key, ConsoleKey.D) && result().Length == 0)
            {
                Console.Out.WriteLine();
                return null;
            }

            handle(key);
        }
    });

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) =>
        key.Modifiers.HasFlag(ConsoleModifiers.Control) && key.Key == letter;

    private ConsoleKeyInfo ReadKey()
    {
        if (_typedAhead.TryDequeue(out ConsoleKeyInfo key))
        {
            return key;
        }

        // A read that waits for a key does not hear of a signal, such as a Ctrl+C just before it began.
        while (!Console.KeyAvailable)
        {
            signals.WaitForStop(s_poll);
        }

        return Console.ReadKey(intercept: true);
    }

    private void TakeTypedAhead()
    {
        while (Console.KeyAvailable)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (IsControl(key, ConsoleKey.C))
            {
                // As a terminal does: what was typed before it is dropped.
                _typedAhead.Clear();
                signals.Interrupt();
            }
            else
            {
                _typedAhead.Enqueue(key);
            }
        }
    }
}
