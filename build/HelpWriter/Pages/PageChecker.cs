using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.HelpWriter.Facts;

namespace BackupModule.HelpWriter.Pages;

/// <summary>Compares pages with the compiled module.</summary>
/// <param name="module">The module.</param>
/// <param name="topics">Names of the topics that pages may link to.</param>
internal sealed class PageChecker(ModuleFacts module, IReadOnlyCollection<string> topics)
{
    private const int LeastExamples = 3;

    /// <summary>Everything that is wrong, each with the file it is in; empty if the pages say what the module does.</summary>
    public IReadOnlyList<string> FindFaults(IReadOnlyList<HelpPage> pages)
    {
        List<string> faults = [];
        foreach (string missing in Missing(module.Cmdlets.Select(static c => c.Name), pages.Select(static p => p.Name)))
        {
            faults.Add($"{missing} has no page.");
        }

        foreach (HelpPage page in pages)
        {
            CmdletFacts? cmdlet = module.Cmdlets.FirstOrDefault(cmdlet => cmdlet.Name == page.Name);
            IEnumerable<string> found = cmdlet is null ? ["there is no such cmdlet"] : FindFaults(page, cmdlet);
            faults.AddRange(found.Select(fault => $"{page.File}: {fault}"));
        }

        return faults;
    }

    private IEnumerable<string> FindFaults(HelpPage page, CmdletFacts cmdlet) =>
    [
        .. page.Name == Path.GetFileNameWithoutExtension(page.File) ? [] : (string[])["the file has another name"],
        .. page.Synopsis.Length > 0 && page.Description.Count > 0 ? [] : (string[])["synopsis or description is missing"],
        .. Compare("parameter", page.Parameters, cmdlet.Parameters.Select(static parameter => parameter.Name)),
        .. Compare("output", page.Outputs, cmdlet.OutputTypes.Select(static type => type == "System.Void" ? "None" : type)),
        .. FindEmpty(page.Inputs.Concat(page.Errors)),
        .. FindExampleFaults(page),
        .. Missing(page.Errors.Select(static error => error.Name), module.ErrorIds)
            .Select(static id => $"there is no error {id}"),
        .. Missing(page.Links, module.Cmdlets.Select(static other => other.Name).Concat(topics))
            .Select(static link => $"the link {link} leads nowhere"),
    ];

    private static IEnumerable<string> Compare(string kind, IReadOnlyList<HelpEntry> entries, IEnumerable<string> real)
    {
        string[] names = [.. real];
        return
        [
            .. Missing(names, entries.Select(static entry => entry.Name)).Select(name => $"the {kind} {name} is missing"),
            .. Missing(entries.Select(static entry => entry.Name), names).Select(name => $"there is no {kind} {name}"),
            .. FindEmpty(entries),
        ];
    }

    private static IEnumerable<string> FindEmpty(IEnumerable<HelpEntry> entries) =>
        entries.Where(static entry => entry.Text.Count == 0).Select(static entry => $"nothing is said of {entry.Name}");

    private static IEnumerable<string> FindExampleFaults(HelpPage page)
    {
        if (page.Examples.Count < LeastExamples)
        {
            yield return $"{LeastExamples} examples are needed, and there are {page.Examples.Count}";
        }

        foreach (HelpExample example in page.Examples)
        {
            if (example.Code is null || example.Text.Count == 0)
            {
                yield return $"the example '{example.Title}' needs one block of code and the result in words";
            }
            else if (!example.Code.Contains(page.Name, StringComparison.Ordinal))
            {
                yield return $"the example '{example.Title}' does not use {page.Name}";
            }
        }
    }

    private static IEnumerable<string> Missing(IEnumerable<string> wanted, IEnumerable<string> present) =>
        wanted.Except(present, StringComparer.Ordinal);
}
