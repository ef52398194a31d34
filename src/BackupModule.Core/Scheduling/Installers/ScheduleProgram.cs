using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Puts the call together that is installed: which program runs the module, and with what environment.</summary>
public static class ScheduleProgram
{
    private const string Command = "Invoke-BackupSchedule";

    private const string HomeVariable = "BACKUPMODULE_HOME";

    // Says where the password is, and is none itself.
    private const string PasswordVariable = "BACKUPMODULE_CATALOG_PASSWORD";

    // What decides where the local state is and how the program starts. A caller brings none of them along.
    private static readonly string[] s_variables =
    [
        HomeVariable, "BACKUPMODULE_CATALOG", PasswordVariable, "XDG_DATA_HOME", "XDG_CACHE_HOME", "DOTNET_ROOT",
    ];

    /// <summary>The call of the module.</summary>
    /// <param name="program">The program; null for the one that fits.</param>
    /// <param name="modulePath">The path that <c>Import-Module</c> is given.</param>
    /// <param name="every">How often it is called.</param>
    /// <param name="homeFolder">The folder of the local state.</param>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>: there is no such program; <c>InvalidArgument</c>: the
    /// catalog's address holds a password.</exception>
    public static ScheduleCall Describe(string? program, string modulePath, TimeSpan every, string homeFolder) => new()
    {
        Program = program ?? Find(modulePath),
        Arguments =
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"Import-Module {ShellQuoting.PowerShell(modulePath)}; {Command}",
        ],
        Every = every,
        Environment = ReadEnvironment(Environment.GetEnvironmentVariable),
        HomeFolder = homeFolder,
    };

    internal static IReadOnlyDictionary<string, string> ReadEnvironment(Func<string, string?> getVariable)
    {
        Dictionary<string, string> found = [];
        foreach (string name in s_variables)
        {
            if (getVariable(name) is { Length: > 0 } value)
            {
                found[name] = name switch
                {
                    HomeVariable => Path.GetFullPath(value),
                    PasswordVariable => SecretReference.Parse(value).Text,
                    _ => RequireNoSecret(name, value),
                };
            }
        }

        return found;
    }

    private static string RequireNoSecret(string name, string value)
    {
        bool isAddress = Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && value.Contains("://", StringComparison.Ordinal);
        return (isAddress && address!.UserInfo.Contains(':', StringComparison.Ordinal))
            || value.Contains("password=", StringComparison.OrdinalIgnoreCase)
            ? throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The environment variable {name} holds a password, and what calls schedules can be read by others.",
                $"Leave it out, and say in {PasswordVariable} where it is found, as in file:PATH.")
            : value;
    }

    /// <summary>The program that runs now if it is one that can run the module, else the console that was built beside the module,
    /// else pwsh.</summary>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>: there is no such program.</exception>
    public static string Find(string modulePath)
    {
        string suffix = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        string? running = Environment.ProcessPath;
        string beside = Path.GetFullPath(Path.Combine(modulePath, "..", "psbackup", "psbackup" + suffix));
        IEnumerable<string> candidates =
        [
            .. running is not null && Path.GetFileNameWithoutExtension(running) is "psbackup" or "pwsh" ? [running] : Array.Empty<string>(),
            beside,
            .. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(folder => new[] { Path.Combine(folder, "psbackup" + suffix), Path.Combine(folder, "pwsh" + suffix) }),
        ];
        return candidates.FirstOrDefault(File.Exists) ?? throw new BackupException(
            BackupErrorKind.PlatformUnsupported,
            "Neither psbackup nor pwsh was found, and one of them must run the schedules.",
            "Name the program with -Program.");
    }
}
