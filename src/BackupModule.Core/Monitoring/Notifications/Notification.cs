using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Notifications;

/// <summary>What happened, for somebody to be told.</summary>
public sealed record Notification
{
    /// <summary>What happened.</summary>
    public required NotificationEvent Event { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>The policy that it is about; null if it is about none.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The registered name of the repository that it is about; null if it is about none.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The run that it is about; null if it is about none. All notifications of a run have the same id.</summary>
    public string? RunId { get; init; }

    /// <summary>The machine that it happened on.</summary>
    public required string HostName { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>One line that leads with the change and names the policy, e.g. <c>Backup of shop failed</c>.</summary>
    public required string Title { get; init; }

    /// <summary>What there is to say, line by line.</summary>
    public IReadOnlyList<string> Message { get; init; } = [];

    /// <summary>The figures, in the order in which they are shown.</summary>
    public IReadOnlyList<NotificationFact> Facts { get; init; } = [];

    /// <summary>0 for success, 3 for completed with warnings, 1 for failure; null where nothing has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Guidance { get; init; }

    /// <summary>How bad it was before, where this says that it is well again: the first success after a failure, or an
    /// alert that closed. Whoever was told of the one is told of the other.</summary>
    public AlertSeverity? RecoveredFrom { get; init; }

    /// <summary>The severity, or that of what is well again, whichever is higher.</summary>
    public AlertSeverity Urgency => RecoveredFrom > Severity ? RecoveredFrom.Value : Severity;

    /// <summary>The message that tries a channel.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="hostName">This machine.</param>
    /// <param name="time">Now.</param>
    public static Notification OfTest(string channel, string hostName, DateTimeOffset time) => new()
    {
        Event = NotificationEvent.Test,
        Severity = AlertSeverity.Info,
        HostName = hostName,
        Time = time,
        Title = $"Test of the notification {channel}",
        Message = [$"If you read this, messages of {hostName} arrive here."],
    };

    /// <summary>The same with every text changed; names are none.</summary>
    internal Notification WithTexts(Func<string, string> change) => this with
    {
        Title = change(Title),
        Message = [.. Message.Select(change)],
        Facts = [.. Facts.Select(fact => new NotificationFact(change(fact.Name), change(fact.Value)))],
        Error = Error is null ? null : change(Error),
        Guidance = Guidance is null ? null : change(Guidance),
    };
}
