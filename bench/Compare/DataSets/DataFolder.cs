using System.IO;
using System.Text.Json;

namespace BackupModule.Compare.DataSets;

/// <summary>
/// Where a data set is kept between runs. A marker file says what was made and in which state it is; data that was made
/// by other rules is made again, a change that was left behind is taken back.
/// </summary>
internal sealed class DataFolder
{
    // Raised whenever a data set's content changes, so that kept data is made again.
    private const int Version = 1;

    private readonly string _folder;
    private readonly string _marker;
    private readonly double _scale;

    /// <summary>The place of a data set below the folder that holds them all.</summary>
    public DataFolder(IDataSet dataSet, string parent, double scale)
    {
        DataSet = dataSet;
        _scale = scale;
        _folder = Path.Combine(parent, dataSet.Name);
        _marker = Path.Combine(_folder, "made.json");
        Tree = Path.Combine(_folder, "tree");
    }

    private enum State
    {
        Base,
        Changed,
    }

    /// <summary>What is in it.</summary>
    public IDataSet DataSet { get; }

    /// <summary>The folder that is backed up.</summary>
    public string Tree { get; }

    /// <summary>True if the data is there, be it changed or not.</summary>
    public bool IsMade => ReadMarker() is not null;

    /// <summary>Makes the data, or takes a change back, or finds that nothing is to be done.</summary>
    public void Prepare()
    {
        switch (ReadMarker()?.State)
        {
            case State.Base:
                return;
            case State.Changed:
                Undo();
                return;
            default:
                Make();
                return;
        }
    }

    /// <summary>Changes 1 % of the data.</summary>
    public void Change()
    {
        // First the marker: an interrupted change is a change.
        WriteMarker(State.Changed);
        DataSet.Change(Tree);
    }

    /// <summary>Takes the change back.</summary>
    public void Undo()
    {
        DataSet.Undo(Tree);
        WriteMarker(State.Base);
    }

    private void Make()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        Directory.CreateDirectory(Tree);
        DataSet.Make(Tree);
        WriteMarker(State.Base);
    }

    private Marker? ReadMarker()
    {
        if (!File.Exists(_marker))
        {
            return null;
        }

        try
        {
            Marker? marker = JsonSerializer.Deserialize<Marker>(File.ReadAllText(_marker));
            return marker is { Version: Version } && marker.Scale.Equals(_scale) ? marker : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void WriteMarker(State state) =>
        File.WriteAllText(_marker, JsonSerializer.Serialize(new Marker(Version, _scale, state)));

    private sealed record Marker(int Version, double Scale, State State);
}
