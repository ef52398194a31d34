using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace BackupModule.HelpWriter.Facts;

/// <summary>Reads the facts of a compiled module.</summary>
internal static class ModuleReader
{
    private const string ErrorIdType = "BackupModule.Core.Diagnostics.BackupErrorKind";

    /// <summary>Loads the module's assembly, with the engine beside it, and looks at its cmdlets.</summary>
    public static ModuleFacts Read(string modulePath)
    {
        string path = Path.GetFullPath(modulePath);
        Assembly module = Assembly.LoadFrom(path);
        Assembly engine = Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(path)!, "BackupModule.Core.dll"));
        Type errorIds = engine.GetType(ErrorIdType, throwOnError: true)!;
        return new ModuleFacts(
            Path.GetFileName(path),
            [.. ReadCmdlets(module).OrderBy(static cmdlet => cmdlet.Name, StringComparer.Ordinal)],
            Enum.GetNames(errorIds).ToHashSet(StringComparer.Ordinal));
    }

    private static IEnumerable<CmdletFacts> ReadCmdlets(Assembly module)
    {
        foreach (Type type in module.GetExportedTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>(inherit: false) is { } cmdlet)
            {
                yield return ReadCmdlet(type, cmdlet);
            }
        }
    }

    private static CmdletFacts ReadCmdlet(Type type, CmdletAttribute cmdlet)
    {
        List<PropertyInfo> properties = [.. FindParameters(type)];
        IReadOnlyList<string> sets = FindSets(properties, cmdlet.DefaultParameterSetName);
        IEnumerable<string> outputs = type.GetCustomAttributes<OutputTypeAttribute>(inherit: false)
            .SelectMany(static attribute => attribute.Type)
            .Select(static output => output.Name)
            .Distinct(StringComparer.Ordinal);
        object instance = Activator.CreateInstance(type)!;
        using IDisposable? disposable = instance as IDisposable;
        List<ParameterFacts> parameters =
            [.. properties.Select(property => ParameterReader.Read(property, instance, sets))];
        if ((instance as IDynamicParameters)?.GetDynamicParameters() is { } more)
        {
            parameters.AddRange(
                FindParameters(more.GetType()).Select(property => ParameterReader.Read(property, more, sets)));
        }

        if (cmdlet.SupportsShouldProcess)
        {
            parameters.AddRange(ParameterReader.ShouldProcess(sets));
        }

        return new CmdletFacts(cmdlet.VerbName, cmdlet.NounName, sets, parameters, [.. outputs]);
    }

    private static IEnumerable<PropertyInfo> FindParameters(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(PSCmdlet); level = level.BaseType)
        {
            foreach (PropertyInfo property in level.GetProperties(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (property.IsDefined(typeof(ParameterAttribute), inherit: false))
                {
                    yield return property;
                }
            }
        }
    }

    private static IReadOnlyList<string> FindSets(IEnumerable<PropertyInfo> properties, string? defaultSet)
    {
        List<string> named =
        [
            .. properties
                .SelectMany(static property => property.GetCustomAttributes<ParameterAttribute>(inherit: false))
                .Select(static attribute => attribute.ParameterSetName)
                .Where(static name => name != ParameterAttribute.AllParameterSets)
                .Distinct(StringComparer.Ordinal),
        ];
        return named.Count == 0
            ? [ParameterAttribute.AllParameterSets]
            : [.. named.OrderBy(name => name == defaultSet ? 0 : 1)];
    }
}
