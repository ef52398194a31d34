using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace BackupModule.Host;

/// <summary>What a session starts with: the engine, our stand-ins for missing commands, the path to the module.</summary>
internal static class SessionSetup
{
    public static InitialSessionState Create(HostOptions options)
    {
        // CreateDefault looks for the assemblies of a full PowerShell, which are not here.
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        if (options.ExecutionPolicy is not null)
        {
            state.ExecutionPolicy = options.ExecutionPolicy.Value;
        }

        foreach ((CmdletAttribute name, Type type) in OwnCommands())
        {
            string command = $"{name.VerbName}-{name.NounName}";
            state.Commands.Remove(command, typeof(SessionStateCmdletEntry));
            state.Commands.Add(new SessionStateCmdletEntry(command, type, null));
        }

        return state;
    }

    /// <summary>Puts the folder that holds the program's folder on the module path: BackupModule is built there.</summary>
    public static void AddModulePath()
    {
        string? modules = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string? path = Environment.GetEnvironmentVariable("PSModulePath");
        IEnumerable<string> folders = (path ?? string.Empty).Split(Path.PathSeparator)
            .Prepend(modules ?? string.Empty)
            .Where(folder => folder.Length > 0)
            .Distinct();
        Environment.SetEnvironmentVariable("PSModulePath", string.Join(Path.PathSeparator, folders));
    }

    private static IEnumerable<(CmdletAttribute Name, Type Type)> OwnCommands() =>
        from type in typeof(SessionSetup).Assembly.GetTypes()
        let name = type.GetCustomAttribute<CmdletAttribute>()
        where name is not null
        select (name, type);
}
