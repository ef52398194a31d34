namespace BackupModule.HelpWriter.Facts;

/// <summary>How a parameter is used in one parameter set.</summary>
/// <param name="IsMandatory">True if it must be given.</param>
/// <param name="Position">Where it may stand without its name; null if it must be named.</param>
/// <param name="ByValue">True if it takes objects from the pipeline.</param>
/// <param name="ByPropertyName">True if it takes equally named properties of objects from the pipeline.</param>
internal sealed record ParameterUse(bool IsMandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>The pipeline input as help shows it.</summary>
    public string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    /// <summary>The position as help shows it.</summary>
    public string PositionText =>
        Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "Named";
}
