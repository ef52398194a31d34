using System.Collections.Generic;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>What is done to install a call of schedules, or to remove it.</summary>
/// <param name="Location">Where it is installed, for people.</param>
/// <param name="Steps">What is done, in order; empty if there is nothing to do.</param>
/// <param name="Warnings">What to mind, as sentences.</param>
public sealed record InstallPlan(string Location, IReadOnlyList<InstallStep> Steps, IReadOnlyList<string> Warnings);
