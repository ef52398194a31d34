using System.IO;

namespace BackupModule.Tests.Faults;

/// <summary>What a <see cref="WorkingProcess"/> is to do, and where.</summary>
/// <param name="Work">The kind of work.</param>
/// <param name="Slot">Its number among those that work at the same time.</param>
/// <param name="Repository">The repository's folder.</param>
/// <param name="Source">The folder that it backs up, and whose files it rewrites.</param>
/// <param name="Scratch">A folder for what the two processes tell each other.</param>
internal sealed record WorkOrder(string Work, int Slot, string Repository, string Source, string Scratch)
{
    public const string Variable = "BACKUPMODULE_TEST_WORK";

    /// <summary>It is there when the process is ready to begin.</summary>
    public string ReadyPath => Path.Combine(Scratch, $"ready{Slot}");

    /// <summary>It is there when the process shall begin.</summary>
    public string GoPath => Path.Combine(Scratch, $"go{Slot}");

    /// <summary>A line for every backup that the process was told is made.</summary>
    public string ReportPath => Path.Combine(Scratch, $"made{Slot}");

    /// <summary>Where it restores to.</summary>
    public string RestorePath => Path.Combine(Scratch, $"restored{Slot}");

    public static WorkOrder Parse(string text)
    {
        string[] parts = text.Split('\n');
        return new WorkOrder(
            parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), parts[2], parts[3], parts[4]);
    }

    public string ToText() => string.Join('\n', Work, Slot, Repository, Source, Scratch);
}
