using System.IO;

namespace BackupModule.Compare.Tools;

/// <summary>The folders that one tool has for itself.</summary>
/// <param name="Root">The folder that holds them.</param>
internal sealed record ToolPlace(string Root)
{
    /// <summary>The repository; the tool makes it.</summary>
    public string Repository => Path.Combine(Root, "repository");

    /// <summary>Caches, registrations and the like.</summary>
    public string State => Path.Combine(Root, "state");

    /// <summary>Temporary files.</summary>
    public string Temporary => Path.Combine(Root, "temporary");

    /// <summary>What a restore fills.</summary>
    public string Restored => Path.Combine(Root, "restored");

    /// <summary>Where a restore brings a source folder back.</summary>
    public string RestoredTree(string source) => Path.Combine(Restored, source.TrimStart('/'));

    /// <summary>Starts from nothing.</summary>
    public void Reset()
    {
        Remove();
        foreach (string folder in (string[])[State, Temporary, Restored])
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Removes everything.</summary>
    public void Remove()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
