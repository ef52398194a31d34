using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling;

/// <summary>Says what is wrong with a cron expression, and where: the parser's own messages name no place.</summary>
internal static class CronDiagnosis
{
    private const int MostMistakes = 2;
    private const string Order = "minute, hour, day of the month, month, day of the week";

    /// <summary>The names that stand for whole expressions.</summary>
    public static IReadOnlyList<string> Macros { get; } =
        ["@every_minute", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

    /// <summary>The error for an expression that cannot be read.</summary>
    /// <param name="expression">What was typed.</param>
    /// <param name="cause">What the parser said.</param>
    public static BackupException Explain(string expression, Exception? cause)
    {
        List<Part> parts = [.. SplitParts(expression)];
        return parts.Count switch
        {
            0 => Fault(expression, "The cron expression is empty.", $"Give five fields ({Order}), or @daily.", cause),
            _ when parts[0].Text[0] == '@' => ExplainMacro(expression, parts, cause),
            5 or 6 => ExplainFields(expression, parts, cause),
            1 when SuggestMacro("@" + parts[0].Text) is { } macro => Fault(
                expression, $"The cron expression '{expression}' is not known.", $"Did you mean {macro}?", cause),
            _ => Fault(
                expression,
                $"The cron expression '{expression}' has {Count(parts.Count)}; it needs five, or six with seconds first.",
                parts.Count == 7
                    ? $"There is no field for years: give {Order}."
                    : $"Give {Order}, as in '30 2 * * *' for half past two every night.",
                cause),
        };
    }

    /// <summary>The error for an expression that can be read, and that no day ever fits.</summary>
    public static BackupException NeverComes(string expression) => Fault(
        expression,
        $"The cron expression '{expression}' never comes: no day fits its days and months.",
        "Look at the third to fifth fields: day of the month, month, and day of the week must fit together. L is the last day of "
            + "a month.",
        cause: null);

    private static BackupException ExplainMacro(string expression, List<Part> parts, Exception? cause)
    {
        string guidance = parts[0].Text.ToUpperInvariant() switch
        {
            "@EVERY" => "Write every fifth minute as '*/5 * * * *', and every sixth hour as '0 */6 * * *'.",
            "@REBOOT" => "What was due while the machine was off is caught up at its next start without being asked.",
            _ when parts.Count > 1 && Macros.Contains(parts[0].Text, StringComparer.OrdinalIgnoreCase) =>
                $"Give {parts[0].Text} alone.",
            _ when SuggestMacro(parts[0].Text) is { } macro => $"Did you mean {macro}?",
            _ => $"Give one of {string.Join(", ", Macros)}, or five fields: {Order}.",
        };
        return Fault(expression, $"The cron expression '{expression}' is not known.", guidance, cause);
    }

    private static BackupException ExplainFields(string expression, List<Part> parts, Exception? cause)
    {
        IReadOnlyList<CronField> fields = CronField.Of(parts.Count);
        for (int i = 0; i < parts.Count; i++)
        {
            if (!CanStandAlone(parts, i))
            {
                (string fault, int at) = FindFault(fields[i], parts[i]);
                return Fault(
                    expression,
                    $"The cron expression '{expression}' is wrong in field {i + 1} of {parts.Count}, the {fields[i].Name} "
                        + $"('{parts[i].Text}', character {at}): {fault}.",
                    fields[i].Allowed,
                    cause);
            }
        }

        return Fault(
            expression,
            $"The cron expression '{expression}' cannot be read: {cause?.Message.TrimEnd('.')}.",
            $"Give {Order}.",
            cause);
    }

    // A field is at fault if it cannot be read among fields that say nothing.
    private static bool CanStandAlone(List<Part> parts, int place)
    {
        string alone = string.Join(' ', parts.Select((part, i) => i == place ? part.Text : "*"));
        return CronSchedule.TryRead(alone) is not null;
    }

    private static (string Fault, int At) FindFault(CronField field, Part part)
    {
        int at = part.At;
        foreach (string member in part.Text.Split(','))
        {
            if (field.FindFault(member) is { } fault)
            {
                return (fault, at);
            }

            at += member.Length + 1;
        }

        return ($"'{part.Text}' cannot be read", part.At);
    }

    private static IEnumerable<Part> SplitParts(string expression)
    {
        int at = 0;
        foreach (string word in expression.Split((char[])[' ', '\t', '\r', '\n']))
        {
            if (word.Length > 0)
            {
                yield return new Part(word, at + 1);
            }

            at += word.Length + 1;
        }
    }

    private static string? SuggestMacro(string typed) =>
        Spelling.Nearest(typed, Macros, MostMistakes).FirstOrDefault();

    private static string Count(int fields) => fields == 1 ? "one field" : $"{fields} fields";

    private static BackupException Fault(string expression, string message, string guidance, Exception? cause) =>
        new(BackupErrorKind.ScheduleInvalid, message, guidance, cause) { Subject = expression };

    /// <summary>A field as it was typed.</summary>
    /// <param name="Text">What it says.</param>
    /// <param name="At">Where it begins, from 1.</param>
    private sealed record Part(string Text, int At);
}
