using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BackupModule.Host;

/// <summary>The few doors of the engine that PowerShell's own assemblies use and that are closed to others.</summary>
/// <remarks>The engine's version is pinned; a build of the console that passes its tests has them all.</remarks>
internal static class EngineInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Formatting = "Microsoft.PowerShell.Commands.Internal.Format.";

    private static readonly Assembly s_engine = typeof(PSObject).Assembly;

    /// <summary>Makes <c>exit N</c> in a script file end the session with N, as it must for <c>-File</c>.</summary>
    public static void LetScriptsExit(Runspace runspace)
    {
        object context = Member(runspace.GetType().GetProperty("ExecutionContext", Any)).GetValue(runspace)!;
        Member(context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Any)).SetValue(context, true);
    }

    /// <summary>Gives a formatting command the engine's table or list writer.</summary>
    /// <param name="shape">"Table" or "List".</param>
    public static void UseShape(FrontEndCommandBase command, string shape)
    {
        object value = Enum.Parse(Type("FormatShape"), shape);
        object implementation = Activator.CreateInstance(Type("InnerFormatShapeCommand"), Any, null, [value], null)!;
        SetImplementation(command, implementation);
    }

    /// <summary>Makes a command format its input as text into a writer.</summary>
    public static void UseWriter(FrontEndCommandBase command, TextWriter writer, int columns)
    {
        object lines = Activator.CreateInstance(Type("TextWriterLineOutput"), Any, null, [writer, columns], null)!;
        Type managerType = Type("OutputManagerInner");
        object manager = Activator.CreateInstance(managerType)!;
        Member(managerType.GetProperty("LineOutput", Any)).SetValue(manager, lines);
        SetImplementation(command, manager);
    }

    /// <summary>Ends the commands that feed this one, as when it has all that it wants.</summary>
    public static void StopUpstream(Cmdlet command)
    {
        Type type = s_engine.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(type, Any, null, [command], null)!;
    }

    private static void SetImplementation(FrontEndCommandBase command, object implementation) =>
        Member(typeof(FrontEndCommandBase).GetField("implementation", Any)).SetValue(command, implementation);

    private static Type Type(string name) => s_engine.GetType(Formatting + name, throwOnError: true)!;

    private static T Member<T>(T? member)
        where T : MemberInfo => member ?? throw new MissingMemberException(
            "This version of System.Management.Automation is not the one psbackup was built for.");
}
