namespace BackupModule.Compare.Measuring;

/// <summary>How a step ended.</summary>
/// <param name="Measurement">What it cost; null if it failed.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
internal sealed record Outcome(Measurement? Measurement, string? Failure)
{
    /// <summary>A step that did what it should.</summary>
    public static Outcome Success(Measurement measurement) => new(measurement, Failure: null);

    /// <summary>A step that did not.</summary>
    public static Outcome Failed(string failure) => new(Measurement: null, failure);
}
