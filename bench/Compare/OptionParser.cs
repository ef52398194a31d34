using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace BackupModule.Compare;

/// <summary>Reads the command line: <c>--name value</c>, lists with commas.</summary>
internal static class OptionParser
{
    /// <summary>How the program is called.</summary>
    public const string Usage = """
        usage: Compare --console PSBACKUP --module FOLDER --folder FOLDER --output FOLDER
                       [--data source,media,dump,tiny,image] [--steps init,first,unchanged,changed,restore,check,forget]
                       [--tools backupmodule,restic,borg] [--rounds 3] [--scale 1]
        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="BenchmarkException">They are not as <see cref="Usage"/> says.</exception>
    public static CompareOptions Parse(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string> values = ReadPairs(arguments);
        CompareOptions options = new()
        {
            Folder = Path.GetFullPath(Take(values, "--folder")),
            Output = Path.GetFullPath(Take(values, "--output")),
            Console = Path.GetFullPath(Take(values, "--console")),
            Module = Path.GetFullPath(Take(values, "--module")),
            Data = TakeList(values, "--data"),
            Tools = TakeList(values, "--tools"),
            Steps = [.. TakeList(values, "--steps").Select(ParseStep)],
            Rounds = (int)TakeNumber(values, "--rounds", 3, static rounds => rounds is >= 1 and <= 100 && double.IsInteger(rounds)),
            Scale = TakeNumber(values, "--scale", 1, static scale => scale is > 0 and <= 1),
        };
        return values.Count == 0
            ? options
            : throw new BenchmarkException($"There is no option {values.Keys.First()}.\n{Usage}");
    }

    private static Dictionary<string, string> ReadPairs(IReadOnlyList<string> arguments)
    {
        if (arguments.Count % 2 != 0)
        {
            throw new BenchmarkException($"An option has no value.\n{Usage}");
        }

        Dictionary<string, string> values = [];
        for (int i = 0; i < arguments.Count; i += 2)
        {
            values[arguments[i]] = arguments[i + 1];
        }

        return values;
    }

    private static string Take(Dictionary<string, string> values, string name) =>
        values.Remove(name, out string? value) ? value : throw new BenchmarkException($"{name} is missing.\n{Usage}");

    private static string[] TakeList(Dictionary<string, string> values, string name) =>
        values.Remove(name, out string? value)
            ? value.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];

    private static double TakeNumber(
        Dictionary<string, string> values, string name, double fallback, Func<double, bool> isValid)
    {
        if (!values.Remove(name, out string? value))
        {
            return fallback;
        }

        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && isValid(number)
            ? number
            : throw new BenchmarkException($"'{value}' is no value for {name}.\n{Usage}");
    }

    private static Step ParseStep(string name) =>
        Enum.TryParse(name, ignoreCase: true, out Step step) && Enum.IsDefined(step)
            ? step
            : throw new BenchmarkException($"There is no step '{name}'.\n{Usage}");
}
