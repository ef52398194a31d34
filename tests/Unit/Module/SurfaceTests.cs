using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>
/// What users and their scripts rely on, as the text file beside this one, so that every change of it is seen and meant.
/// </summary>
[Collection(ModuleSession.Collection)]
public sealed class SurfaceTests
{
    private const string UpdateVariable = "UPDATE_SURFACE";

    private static readonly HashSet<string> s_common =
        [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters];

    [Fact]
    public void The_surface_is_the_reviewed_one()
    {
        string path = Path.Combine(FolderOfThisFile(), "surface.txt");
        using ModuleSession session = new();
        string actual = Describe(Commands(session));
        if (Environment.GetEnvironmentVariable(UpdateVariable) is "1")
        {
            File.WriteAllText(path, actual);
        }

        string[] expectedLines = File.ReadAllLines(path);
        string[] actualLines = actual.TrimEnd('\n').Split('\n');
        Assert.True(
            expectedLines.SequenceEqual(actualLines),
            $"The cmdlets' surface changed. If that is meant, run this test with {UpdateVariable}=1 and review "
            + $"tests/Unit/Module/surface.txt.\n{Differences(expectedLines, actualLines)}");
    }

    [Fact]
    public void The_manifest_exports_exactly_the_cmdlets_there_are()
    {
        string manifest = Path.Combine(FolderOfThisFile(), "..", "..", "..", "BackupModule.psd1");
        var ast = (HashtableAst)Parser.ParseFile(manifest, out _, out ParseError[] errors)
            .Find(static node => node is HashtableAst, searchNestedScriptBlocks: false)!;
        Assert.Empty(errors);
        var exported = (object[])((System.Collections.Hashtable)ast.SafeGetValue())["CmdletsToExport"]!;

        using ModuleSession session = new();

        Assert.Equal(Commands(session).Select(static command => command.Name), exported.Cast<string>());
        Assert.Equal(63, exported.Length);
    }

    private static List<CmdletInfo> Commands(ModuleSession session) =>
    [
        .. session.Run("Get-Command -CommandType Cmdlet | Where-Object { $_.ImplementingType.Assembly -eq $assembly }")
            .Cast<CmdletInfo>().OrderBy(static command => command.Name, StringComparer.Ordinal),
    ];

    private static string Describe(IEnumerable<CmdletInfo> commands)
    {
        StringBuilder text = new();
        SortedSet<string> enums = new(StringComparer.Ordinal);
        SortedDictionary<string, Type> outputs = new(StringComparer.Ordinal);
        foreach (CmdletInfo command in commands)
        {
            DescribeCommand(command, text, enums);
            foreach (PSTypeName output in command.OutputType)
            {
                outputs[output.Name] = output.Type;
            }
        }

        foreach ((string name, Type type) in outputs.Where(
            static output => output.Value?.Namespace?.StartsWith("BackupModule", StringComparison.Ordinal) == true))
        {
            text.Append(name).Append('\n');
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .OrderBy(static property => property.Name, StringComparer.Ordinal))
            {
                NoteEnum(property.PropertyType, enums);
                text.Append($"    {property.Name} {NameOf(property.PropertyType)}\n");
            }

            text.Append('\n');
        }

        return text.AppendJoin('\n', enums).Append('\n').ToString();
    }

    private static void DescribeCommand(CmdletInfo command, StringBuilder text, SortedSet<string> enums)
    {
        CmdletAttribute attribute = command.ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
        text.Append(command.Name);
        if (attribute.SupportsShouldProcess)
        {
            text.Append($" ShouldProcess:{attribute.ConfirmImpact}");
        }

        text.Append($" -> {string.Join(", ", command.OutputType.Select(static output => output.Name))}\n");
        foreach (CommandParameterSetInfo set in command.ParameterSets.OrderBy(
            static set => set.Name, StringComparer.Ordinal))
        {
            text.Append($"  {set.Name}{(set.IsDefault ? " (default)" : string.Empty)}\n");
            foreach (CommandParameterInfo parameter in set.Parameters
                .Where(static parameter => !s_common.Contains(parameter.Name))
                .OrderBy(static parameter => parameter.Name, StringComparer.Ordinal))
            {
                NoteEnum(parameter.ParameterType, enums);
                text.Append($"    -{parameter.Name} {NameOf(parameter.ParameterType)}{Traits(parameter)}\n");
            }
        }

        text.Append('\n');
    }

    private static string Traits(CommandParameterInfo parameter)
    {
        List<string> traits = [];
        if (parameter.IsMandatory)
        {
            traits.Add("mandatory");
        }

        if (parameter.Position >= 0)
        {
            traits.Add($"position {parameter.Position}");
        }

        if (parameter.ValueFromPipeline)
        {
            traits.Add("pipeline");
        }

        if (parameter.ValueFromPipelineByPropertyName)
        {
            traits.Add("by name");
        }

        if (parameter.Aliases.Count > 0)
        {
            traits.Add("alias " + string.Join(' ', parameter.Aliases));
        }

        return traits.Count > 0 ? $" ({string.Join("; ", traits)})" : string.Empty;
    }

    private static string NameOf(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? NameOf(underlying) + "?"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;

    private static void NoteEnum(Type type, SortedSet<string> enums)
    {
        Type element = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        if (element.IsEnum)
        {
            enums.Add($"{element.Name}: {string.Join(", ", Enum.GetNames(element))}");
        }
    }

    private static string Differences(string[] expected, string[] actual)
    {
        StringBuilder text = new();
        int e = 0;
        int a = 0;
        while (e < expected.Length || a < actual.Length)
        {
            if (e < expected.Length && a < actual.Length && expected[e] == actual[a])
            {
                (e, a) = (e + 1, a + 1);
                continue;
            }

            int again = a < actual.Length ? Array.IndexOf(expected, actual[a], e) : expected.Length;
            if (again < 0)
            {
                text.Append($"line {a + 1} + {actual[a++]}\n");
                continue;
            }

            while (e < again)
            {
                text.Append($"line {e + 1} - {expected[e++]}\n");
            }
        }

        return text.ToString();
    }

    private static string FolderOfThisFile([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
