using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;

namespace BackupModule.Outputs;

/// <summary>Settings of policies on one line.</summary>
internal static class PolicySettingText
{
    /// <summary>The line; empty for nothing.</summary>
    public static string Describe(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        TimeSpan span => Duration.Format(span),
        ScheduleEntry entry => $"{entry.Name}: {entry.Cron}",
        PolicyComponent component => $"{component.Component}: "
            + string.Join(", ", component.Paths.Concat(component.Variables).Concat(component.CertificateStores)
                .Concat(component.Databases.Select(Describe))),
        DatabaseDefinition database => $"{database.Name} ({database.Engine}, {database.Mode})",
        PolicyHook hook => $"{hook.Stage}: {hook.Command}",
        RecoveryTargets targets => $"back in {Duration.Format(targets.Time)}, at most {Duration.Format(targets.Point)} lost",
        SizeRange size => $"{size.Minimum ?? 0} to {size.Maximum?.ToString(CultureInfo.InvariantCulture) ?? "any"} bytes",
        RestartAction restart => restart.Service ?? restart.Command ?? string.Empty,
        IDictionary map => string.Join("; ", map.Keys.Cast<object>().Select(key => $"{key}: {Describe(map[key])}")),
        IEnumerable list => string.Join("; ", list.Cast<object?>().Select(Describe)),
        IFormattable plain and not Enum when plain.GetType().IsPrimitive => plain.ToString(null, CultureInfo.InvariantCulture),
        Enum or bool => value.ToString()!,
        _ => DescribeMembers(value),
    };

    // A record of settings: what differs from nothing.
    private static string DescribeMembers(object value) => string.Join(
        ", ",
        value.GetType().GetProperties()
            .Where(member => member.GetIndexParameters().Length == 0 && member.GetMethod is { IsStatic: false })
            .Select(member => (member.Name, Text: Describe(member.GetValue(value))))
            .Where(static member => member.Text.Length > 0 && member.Text != bool.FalseString)
            .Select(static member => $"{member.Name}={member.Text}"));
}
