using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Reflection;

namespace BackupModule.Host;

/// <summary>Starts the console.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Messages and help are English, by decision.
        EnglishCulture english = new();
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = english;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = english;
        EngineServices.SwitchOff();
        try
        {
            HostOptions options = HostOptionsParser.Parse(arguments);
            switch (options.Mode)
            {
                case HostMode.Help:
                    Console.Out.WriteLine(HostHelp.Text);
                    return ExitCode.Success;
                case HostMode.Version:
                    Console.Out.WriteLine(VersionText());
                    return ExitCode.Success;
                default:
                    EnterWorkingDirectory(options);
                    using (ConsoleApplication application = new(options))
                    {
                        return application.Run();
                    }
            }
        }
        catch (HostUsageException e)
        {
            Console.Error.WriteLine($"psbackup: {e.Message} `psbackup -Help` lists the arguments.");
            return ExitCode.Usage;
        }
    }

    private static void EnterWorkingDirectory(HostOptions options)
    {
        try
        {
            Directory.SetCurrentDirectory(options.WorkingDirectory ?? Directory.GetCurrentDirectory());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new HostUsageException($"-WorkingDirectory: {e.Message}");
        }
    }

    private static string VersionText()
    {
        Version? own = typeof(Program).Assembly.GetName().Version;
        string? engine = typeof(PSObject).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"psbackup {own?.ToString(3)} (PowerShell engine {engine?.Split(' ', '+')[0]})";
    }
}
