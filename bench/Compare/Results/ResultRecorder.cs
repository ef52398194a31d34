using System.Collections.Generic;
using System.Linq;
using BackupModule.Compare.Measuring;

namespace BackupModule.Compare.Results;

/// <summary>Collects what single runs find out.</summary>
internal sealed class ResultRecorder
{
    private readonly Dictionary<(string DataSet, Step Step, string Tool), List<Outcome>> _outcomes = [];
    private readonly Dictionary<(string DataSet, Step After, string Tool), List<long>> _sizes = [];
    private readonly List<RestoreResult> _restores = [];

    /// <summary>What each step cost, in the order of the first time.</summary>
    public IReadOnlyList<StepResult> Steps => [.. _outcomes.Select(static pair => new StepResult(
        pair.Key.DataSet,
        pair.Key.Step,
        pair.Key.Tool,
        [.. pair.Value.Where(static outcome => outcome.Measurement is not null).Select(static outcome => outcome.Measurement!)],
        [.. pair.Value.Where(static outcome => outcome.Failure is not null).Select(static outcome => outcome.Failure!)]))];

    /// <summary>The sizes of the repositories, in the order of the first time.</summary>
    public IReadOnlyList<SizeResult> Sizes => [.. _sizes.Select(static pair =>
        new SizeResult(pair.Key.DataSet, pair.Key.After, pair.Key.Tool, [.. pair.Value]))];

    /// <summary>The compared restores.</summary>
    public IReadOnlyList<RestoreResult> Restores => [.. _restores];

    /// <summary>Adds one run of a step.</summary>
    public void Add(string dataSet, Step step, string tool, Outcome outcome)
    {
        if (!_outcomes.TryGetValue((dataSet, step, tool), out List<Outcome>? outcomes))
        {
            _outcomes.Add((dataSet, step, tool), outcomes = []);
        }

        outcomes.Add(outcome);
    }

    /// <summary>Adds the size of a repository after a step.</summary>
    public void AddSize(string dataSet, Step after, string tool, long bytes)
    {
        if (!_sizes.TryGetValue((dataSet, after, tool), out List<long>? sizes))
        {
            _sizes.Add((dataSet, after, tool), sizes = []);
        }

        sizes.Add(bytes);
    }

    /// <summary>Adds a compared restore.</summary>
    public void Add(RestoreResult restore) => _restores.Add(restore);
}
