namespace BackupModule.Core.Recovery.LogStreams;

/// <summary>A stream of this machine.</summary>
/// <param name="State">What it has written down last.</param>
/// <param name="IsRunning">True if its process lives.</param>
public sealed record LogStreamStanding(LogStreamState State, bool IsRunning);
