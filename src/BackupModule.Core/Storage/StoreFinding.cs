using System;

namespace BackupModule.Core.Storage;

/// <summary>What one check of a store found.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="State">Whether it passed.</param>
/// <param name="Message">What is wrong, or worth knowing; null if nothing is.</param>
/// <param name="Duration">How long it took.</param>
public sealed record StoreFinding(string Check, StoreFindingState State, string? Message, TimeSpan Duration);
