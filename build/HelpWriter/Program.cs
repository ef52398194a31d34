using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.HelpWriter.Facts;
using BackupModule.HelpWriter.Pages;
using BackupModule.HelpWriter.Writing;

namespace BackupModule.HelpWriter;

/// <summary>Turns the Markdown pages of the cmdlets into PowerShell's help files, and refuses pages that are wrong.</summary>
internal static class Program
{
    private const string AboutPrefix = "about_";

    private static int Main(string[] arguments)
    {
        if (arguments is not [string module, string pages, string output])
        {
            Console.Error.WriteLine("usage: HelpWriter MODULE.dll PAGES-FOLDER OUTPUT-FOLDER");
            return 64;
        }

        try
        {
            IReadOnlyList<string> faults = Write(ModuleReader.Read(module), pages, output);
            foreach (string fault in faults)
            {
                Console.Error.WriteLine(fault);
            }

            return faults.Count == 0 ? 0 : 1;
        }
        catch (PageException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static IReadOnlyList<string> Write(ModuleFacts module, string folder, string output)
    {
        string[] files = Directory.GetFiles(folder, "*.md");
        Array.Sort(files, StringComparer.Ordinal);
        string[] topics = [.. files.Where(IsTopic)];
        List<HelpPage> pages = [.. files.Except(topics).Select(PageReader.Read)];
        IReadOnlyList<string> faults = new PageChecker(module, [.. topics.Select(Path.GetFileNameWithoutExtension)!])
            .FindFaults(pages);
        if (faults.Count > 0)
        {
            return faults;
        }

        Directory.CreateDirectory(output);
        MamlWriter.Write(module, pages, Path.Combine(output, module.AssemblyFile + "-Help.xml"));
        foreach (string topic in topics)
        {
            string name = Path.GetFileNameWithoutExtension(topic) + ".help.txt";
            File.WriteAllText(Path.Combine(output, name), TopicWriter.Write(topic));
        }

        return [];
    }

    private static bool IsTopic(string file) =>
        Path.GetFileName(file).StartsWith(AboutPrefix, StringComparison.Ordinal);
}
