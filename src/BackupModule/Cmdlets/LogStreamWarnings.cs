using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Cmdlets;

/// <summary>Says what somebody must do something about, where streams are shown: a table of them has no room for it.</summary>
internal static class LogStreamWarnings
{
    /// <summary>Warns of a stream that stands still, and of what threatens its server.</summary>
    public static void Say(LogStreamStanding standing, IBackupObserver observer)
    {
        LogStreamState state = standing.State;
        string name = $"{state.PolicyName}/{state.DatabaseName}";
        if (state.Error is { } error)
        {
            observer.OnWarning(standing.IsRunning
                ? $"The stream of '{name}' was interrupted and tries again: {error}"
                : $"The stream of '{name}' has ended: {error}");
        }

        if (standing.IsRunning && state.Danger is { } danger)
        {
            observer.OnWarning($"{name}: {danger}");
        }
    }
}
