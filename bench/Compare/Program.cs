using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Compare.DataSets;
using BackupModule.Compare.Reporting;
using BackupModule.Compare.Results;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare;

/// <summary>Measures this module beside restic and borg; see docs/benchmarks.md.</summary>
internal static class Program
{
    private const int Failed = 1;

    private static async Task<int> Main(string[] arguments)
    {
        using CancellationTokenSource stop = new();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        try
        {
            CompareOptions options = OptionParser.Parse(arguments);
            ComparisonResult result = await RunAsync(options, stop.Token);
            string page = MarkdownReport.Write(result);
            await File.WriteAllTextAsync(Path.Combine(options.Output, "compare.md"), page, stop.Token);
            await File.WriteAllTextAsync(
                Path.Combine(options.Output, "compare.json"), JsonReport.Write(result), stop.Token);
            Console.WriteLine();
            Console.Write(page);
            return result.Failures.Count == 0 ? 0 : Failed;
        }
        catch (BenchmarkException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return Failed;
        }
    }

    private static async Task<ComparisonResult> RunAsync(CompareOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        Directory.CreateDirectory(options.Output);
        string dataFolder = Path.Combine(options.Folder, "data");
        IReadOnlyList<DataFolder> data =
        [
            .. Choose(DataSetCatalog.At(options.Scale), static set => set.Name, options.Data, "data set")
                .Select(set => new DataFolder(set, dataFolder, options.Scale)),
        ];
        ITool[] all = [new BackupModuleTool(options.Console, options.Module), new Restic(), new Borg()];
        IReadOnlyList<ITool> tools = Choose(all, static tool => tool.Name, options.Tools, "tool");
        FreeSpace.Check(options.Folder, data);
        return await new Comparison(options, tools, Console.Out).RunAsync(data, TimeProvider.System, cancellationToken);
    }

    private static IReadOnlyList<T> Choose<T>(
        IReadOnlyList<T> all, Func<T, string> nameOf, IReadOnlyList<string> names, string kind)
    {
        if (names.Except(all.Select(nameOf)).FirstOrDefault() is { } unknown)
        {
            throw new BenchmarkException(
                $"There is no {kind} '{unknown}'. There are: {string.Join(", ", all.Select(nameOf))}.");
        }

        return names.Count == 0 ? all : [.. all.Where(item => names.Contains(nameOf(item)))];
    }
}
