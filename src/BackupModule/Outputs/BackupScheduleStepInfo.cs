using System.Collections.Generic;
using BackupModule.Core.Scheduling.Installers;

namespace BackupModule.Outputs;

/// <summary>One thing that registering or unregistering the schedules would do: what <c>-WhatIf</c> shows.</summary>
public sealed record BackupScheduleStepInfo
{
    /// <summary>Its place in the order, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What it does, with all that it writes.</summary>
    public required string Action { get; init; }

    internal static IEnumerable<BackupScheduleStepInfo> From(InstallPlan plan)
    {
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            yield return new BackupScheduleStepInfo { Number = i + 1, Action = plan.Steps[i].Description };
        }
    }
}
