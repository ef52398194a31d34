namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>A server's answer to a request that it carried out.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The beginning of the content, on one line.</param>
internal sealed record HttpAnswer(int Status, string Text)
{
    /// <summary>The answer for people.</summary>
    public string Describe() => Text.Length > 0 ? $"HTTP {Status}: {Text}" : $"HTTP {Status}";
}
