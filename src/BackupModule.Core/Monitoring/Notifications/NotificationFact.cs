namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>A figure of a notification, such as the duration.</summary>
/// <param name="Name">What it is, e.g. <c>Duration</c>.</param>
/// <param name="Value">The figure as people read it, e.g. <c>4.2 s</c>.</param>
public sealed record NotificationFact(string Name, string Value);
