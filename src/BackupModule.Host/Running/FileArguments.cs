using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BackupModule.Host.Running;

/// <summary>Turns the words after <c>-File PATH</c> into parameters, by the rules of <c>pwsh</c>.</summary>
/// <remarks>Values stay text: <c>-Path a,b</c> is one string, as in <c>pwsh</c>; use -Command for expressions.</remarks>
internal static class FileArguments
{
    public static void Add(PowerShell shell, IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!LooksLikeName(argument))
            {
                shell.AddArgument(argument);
                continue;
            }

            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                // Without a value: the engine pairs it with the next argument unless it names a switch.
                shell.Commands.Commands[^1].Parameters.Add(new CommandParameter(argument));
            }
            else if (colon < argument.Length - 1)
            {
                shell.AddParameter(argument[1..colon], Value(argument[(colon + 1)..]));
            }
            else if (++i < arguments.Count)
            {
                shell.AddParameter(argument[1..colon], arguments[i]);
            }
            else
            {
                throw new HostUsageException($"'{argument}' needs a value.");
            }
        }
    }

    private static bool LooksLikeName(string argument) =>
        argument.Length > 1 && argument[0] == '-' && (char.IsLetter(argument[1]) || argument[1] is '_' or '?');

    private static object Value(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
