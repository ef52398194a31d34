using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.PowerShell;

namespace BackupModule.Host;

/// <summary>Reads the command line with the names and the prefixes of <c>pwsh</c>.</summary>
internal static class HostOptionsParser
{
    // Each name with the shortest prefix that is taken for it.
    private static readonly (string Name, int Shortest)[] s_names =
    [
        ("command", 1), ("file", 1), ("help", 1), ("?", 1), ("version", 1), ("noninteractive", 4), ("noprofile", 3),
        ("nologo", 3), ("executionpolicy", 2), ("workingdirectory", 1),
    ];

    /// <exception cref="HostUsageException">An argument is unknown or its value is missing or wrong.</exception>
    public static HostOptions Parse(IReadOnlyList<string> arguments)
    {
        HostOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string name = NameOf(argument) ?? (IsOption(argument)
                ? throw new HostUsageException($"'{argument}' is not an argument of psbackup.")
                : string.Empty);
            switch (name)
            {
                case "command":
                    return WithCommand(options, Rest(arguments, i + 1));
                case "file":
                    return WithFile(options, Rest(arguments, i + 1));
                case "":
                    return WithFile(options, Rest(arguments, i));
                case "help" or "?":
                    return options with { Mode = HostMode.Help };
                case "version":
                    return options with { Mode = HostMode.Version };
                case "noninteractive":
                    options = options with { NonInteractive = true };
                    break;
                case "workingdirectory":
                    options = options with { WorkingDirectory = ValueOf(arguments, ref i) };
                    break;
                case "executionpolicy":
                    options = options with { ExecutionPolicy = PolicyOf(ValueOf(arguments, ref i)) };
                    break;
            }
        }

        return options;
    }

    private static string[] Rest(IReadOnlyList<string> arguments, int start) => [.. arguments.Skip(start)];

    private static bool IsOption(string argument) => argument.Length > 1 && argument[0] == '-';

    private static string? NameOf(string argument)
    {
        string typed = argument.TrimStart('-');
        if (!IsOption(argument) && argument != "/?")
        {
            return null;
        }

        return argument == "/?" ? "?" : s_names
            .Where(known => typed.Length >= known.Shortest
                && known.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(known => known.Name)
            .FirstOrDefault();
    }

    private static HostOptions WithCommand(HostOptions options, string[] rest) => rest switch
    {
        [] => throw new HostUsageException("-Command needs the text of a script, or - to read it from standard input."),
        ["-"] => options with { Mode = HostMode.StandardInput },
        _ => options with { Mode = HostMode.Command, Text = string.Join(' ', rest) },
    };

    private static HostOptions WithFile(HostOptions options, string[] rest) => rest switch
    {
        [] => throw new HostUsageException("-File needs the path of a script."),
        ["-"] => options with { Mode = HostMode.StandardInput },
        _ => options with { Mode = HostMode.File, Text = rest[0], Arguments = rest[1..] },
    };

    private static string ValueOf(IReadOnlyList<string> arguments, ref int index) => ++index < arguments.Count
        ? arguments[index]
        : throw new HostUsageException($"'{arguments[index - 1]}' needs a value.");

    private static ExecutionPolicy PolicyOf(string value) =>
        Enum.TryParse(value, ignoreCase: true, out ExecutionPolicy policy)
            ? policy
            : throw new HostUsageException($"'{value}' is not an execution policy.");
}
