using System;

namespace BackupModule.Core.Catalog.Runs;

/// <summary>A part of a run.</summary>
/// <param name="Name">What was done, such as <c>backup</c> or a hook's name.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RunPhase(string Name, TimeSpan Duration);
