using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Compare;

/// <summary>What each tool does to each data set, in the order in which it is done.</summary>
internal enum Step
{
    /// <summary>An empty repository is made, with its key.</summary>
    Init,

    /// <summary>Everything is stored.</summary>
    First,

    /// <summary>The same data is backed up again.</summary>
    Unchanged,

    /// <summary>1 % of the data was rewritten or added since.</summary>
    Changed,

    /// <summary>The newest backup is restored into an empty folder.</summary>
    Restore,

    /// <summary>Every stored byte is read and verified.</summary>
    Check,

    /// <summary>All backups but the newest are removed, and the space that only they used is freed.</summary>
    Forget,
}

/// <summary>What steps have to do with each other.</summary>
internal static class Steps
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Step> All { get; } = Enum.GetValues<Step>();

    /// <summary>True for the steps that make a backup.</summary>
    public static bool IsBackup(this Step step) => step is Step.First or Step.Unchanged or Step.Changed;

    /// <summary>True for the steps after which the stored size says something new.</summary>
    public static bool ChangesSize(this Step step) => step is Step.First or Step.Changed or Step.Forget;

    /// <summary>The chosen steps with those that they cannot do without, in order.</summary>
    public static IReadOnlyList<Step> WithPrerequisites(IReadOnlyCollection<Step> chosen)
    {
        HashSet<Step> needed = [.. chosen];
        if (needed.Contains(Step.Forget))
        {
            // With a single backup there is nothing to forget.
            needed.Add(Step.Changed);
        }

        if (needed.Any(static step => step > Step.First))
        {
            needed.Add(Step.First);
        }

        if (needed.Count > 0)
        {
            needed.Add(Step.Init);
        }

        return [.. All.Where(needed.Contains)];
    }
}
