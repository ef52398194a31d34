using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Compare.DataSets;
using BackupModule.Compare.Measuring;
using BackupModule.Compare.Results;
using BackupModule.Compare.Tools;

namespace BackupModule.Compare;

/// <summary>
/// Does every step of every data set with every tool. The tools alternate within each step, and another one begins in
/// each round, so that whatever slows the machine for a while slows all of them.
/// </summary>
/// <param name="options">What to do.</param>
/// <param name="tools">The tools that take part.</param>
/// <param name="log">Hears of every step.</param>
internal sealed class Comparison(CompareOptions options, IReadOnlyList<ITool> tools, TextWriter log)
{
    private static readonly TimeSpan s_untilInodesAreFree = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan s_syncLimit = TimeSpan.FromMinutes(10);
    private readonly ResultRecorder _recorder = new();
    private readonly IReadOnlyList<Step> _steps = Steps.WithPrerequisites(options.Steps.Count > 0 ? options.Steps : Steps.All);
    private long? _removed;

    private string WorkFolder => Path.Combine(options.Folder, "work");

    /// <summary>Runs all rounds on all data sets.</summary>
    public async Task<ComparisonResult> RunAsync(
        IReadOnlyList<DataFolder> data, TimeProvider time, CancellationToken cancellationToken)
    {
        DateTimeOffset started = time.GetUtcNow();
        List<ToolFacts> toolFacts = [];
        foreach (ITool tool in tools)
        {
            toolFacts.Add(new ToolFacts(tool.Name, await ReadVersionAsync(tool, cancellationToken), tool.Settings));
        }

        List<DataSetFacts> dataFacts = [];
        foreach (DataFolder folder in data)
        {
            log.WriteLine($"== {folder.DataSet.Name}: {folder.DataSet.Description}");
            folder.Prepare();
            dataFacts.Add(new DataSetFacts(
                folder.DataSet.Name, folder.DataSet.Description, PageCache.SizeOf(folder.Tree)));
            for (int round = 0; round < options.Rounds; round++)
            {
                await RunRoundAsync(folder, round, cancellationToken);
            }
        }

        return new ComparisonResult(
            started, options.Scale, options.Rounds, MachineFacts.Read(options.Folder), toolFacts, dataFacts,
            _recorder.Steps, _recorder.Sizes, _recorder.Restores);
    }

    private async Task RunRoundAsync(DataFolder data, int round, CancellationToken cancellationToken)
    {
        List<Contestant> contestants = [.. tools.Select(tool =>
            new Contestant(tool, new ToolPlace(Path.Combine(WorkFolder, tool.Name))))];
        try
        {
            contestants.ForEach(static contestant => contestant.Place.Reset());
            foreach (Step step in _steps)
            {
                if (step == Step.Changed)
                {
                    data.Change();
                }

                for (int i = 0; i < contestants.Count; i++)
                {
                    Contestant contestant = contestants[(i + round) % contestants.Count];
                    await RunStepAsync(contestant, step, data, round, cancellationToken);
                }
            }
        }
        finally
        {
            data.Undo();
            contestants.ForEach(static contestant => contestant.Place.Remove());
            _removed = Stopwatch.GetTimestamp();
        }
    }

    private async Task RunStepAsync(
        Contestant contestant, Step step, DataFolder data, int round, CancellationToken cancellationToken)
    {
        (ITool tool, ToolPlace place) = (contestant.Tool, contestant.Place);
        string dataSet = data.DataSet.Name;
        if (contestant.FailedStep is { } failed)
        {
            _recorder.Add(dataSet, step, tool.Name, Outcome.Failed($"not done, because {failed} had failed"));
            return;
        }

        if (step == Step.Restore)
        {
            await WaitForFreeInodesAsync(cancellationToken);
        }

        await SettleAsync(step, data, place, cancellationToken);
        StepRequest request = new(step, data.Tree, place, contestant.Newest);
        Outcome outcome = await TimedProcess.RunAsync(
            tool.CommandsFor(request), tool.EnvironmentAt(place), Path.Combine(place.Root, "time.txt"), cancellationToken);
        _recorder.Add(dataSet, step, tool.Name, outcome);
        Report(dataSet, step, tool, round, outcome);
        if (outcome.Measurement is null)
        {
            contestant.FailedStep = step;
            return;
        }

        if (step.IsBackup())
        {
            contestant.Newest = step;
        }

        if (step.ChangesSize())
        {
            _recorder.AddSize(dataSet, step, tool.Name, PageCache.SizeOf(place.Repository));
        }

        if (step == Step.Restore)
        {
            Judge(contestant, data, round);
        }
    }

    // For a while after many files were removed, ext4 does not use their inodes again and searches past all of them for
    // each new file, which can take longer than all else. Nobody is to pay for what was removed before.
    private async Task WaitForFreeInodesAsync(CancellationToken cancellationToken)
    {
        if (_removed is { } removed && s_untilInodesAreFree - Stopwatch.GetElapsedTime(removed) is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, cancellationToken);
        }
    }

    // What a step reads is read once before, and what earlier steps wrote is on disk.
    private static async Task SettleAsync(Step step, DataFolder data, ToolPlace place, CancellationToken cancellationToken)
    {
        if (step != Step.Init)
        {
            PageCache.Warm(step.IsBackup() ? data.Tree : place.Repository);
        }

        ToolCommand sync = new("sync", "--file-system", place.Root);
        await ProcessRunner.RunAsync(sync, new Dictionary<string, string>(), s_syncLimit, cancellationToken);
    }

    private void Judge(Contestant contestant, DataFolder data, int round)
    {
        if (round == 0)
        {
            IReadOnlyList<string> differences = TreeComparison.FindDifferences(
                data.Tree, contestant.Place.RestoredTree(data.Tree));
            _recorder.Add(new RestoreResult(data.DataSet.Name, contestant.Tool.Name, differences));
        }
    }

    private void Report(string dataSet, Step step, ITool tool, int round, Outcome outcome) => log.WriteLine(
        outcome.Measurement is { } cost
            ? $"   round {round + 1} {dataSet,-6} {step,-9} {tool.Name,-12} {cost.Wall.TotalSeconds,7:0.00} s "
                + $"{cost.Cpu.TotalSeconds,7:0.00} CPU s {cost.PeakMemory / 1e6,5:0} MB"
            : $"   round {round + 1} {dataSet,-6} {step,-9} {tool.Name,-12} FAILED: {outcome.Failure}");

    private async Task<string> ReadVersionAsync(ITool tool, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(WorkFolder);
        ToolPlace place = new(Path.Combine(WorkFolder, tool.Name));
        place.Reset();
        ProcessResult result = await ProcessRunner.RunAsync(
            tool.VersionCommand, tool.EnvironmentAt(place), TimeSpan.FromMinutes(1), cancellationToken);
        place.Remove();
        return result.ExitCode == 0
            ? result.Output.Trim()
            : throw new BenchmarkException($"{tool.Name} does not say its version: {result.LastLines}");
    }

    private sealed class Contestant(ITool tool, ToolPlace place)
    {
        public ITool Tool { get; } = tool;

        public ToolPlace Place { get; } = place;

        /// <summary>The step after which nothing more can be done in this round.</summary>
        public Step? FailedStep { get; set; }

        public Step Newest { get; set; } = Step.First;
    }
}
