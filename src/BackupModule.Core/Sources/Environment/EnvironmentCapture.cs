using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace BackupModule.Core.Sources.Environment;

/// <summary>Environment variables as a file that a POSIX shell and most readers of <c>.env</c> files can read: lines
/// <c>NAME='value'</c>, by name.</summary>
public static class EnvironmentCapture
{
    /// <summary>The variables that this process has; on Windows also those of the user and of the machine, which a scheduled
    /// process may lack.</summary>
    public static IReadOnlyDictionary<string, string> ReadVariables()
    {
        Dictionary<string, string> variables = new(
            OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        IEnumerable<EnvironmentVariableTarget> places = OperatingSystem.IsWindows()
            ? [EnvironmentVariableTarget.Machine, EnvironmentVariableTarget.User, EnvironmentVariableTarget.Process]
            : [EnvironmentVariableTarget.Process];
        foreach (EnvironmentVariableTarget place in places)
        {
            foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables(place))
            {
                variables[(string)variable.Key] = (string?)variable.Value ?? string.Empty;
            }
        }

        return variables;
    }

    /// <summary>The file's bytes: UTF-8, a newline after every line.</summary>
    public static byte[] Encode(IEnumerable<KeyValuePair<string, string>> variables)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in variables.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append("='").Append(value.Replace("'", @"'\''", StringComparison.Ordinal)).Append("'\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
