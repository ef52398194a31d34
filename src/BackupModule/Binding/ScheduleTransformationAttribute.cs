using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using BackupModule.Core.Scheduling;

namespace BackupModule.Binding;

/// <summary>Lets entries of a schedule be written as <c>NAME=CRON</c>, where the name is a kind of backup or a job, or as
/// hashtables.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ScheduleTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly DocumentTransformationAttribute s_document = new(typeof(ScheduleEntry));

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text => Read(text),
            IEnumerable list and not IDictionary => list.Cast<object?>()
                .Select(item => (ScheduleEntry?)Transform(engineIntrinsics, item)).ToArray(),
            _ => s_document.Transform(engineIntrinsics, value),
        };
    }

    private static ScheduleEntry Read(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals > 0 ? text[..equals].Trim() : string.Empty;
        string cron = text[(equals + 1)..].Trim();
        if (name.Length > 0 && cron.Length > 0)
        {
            if (Enum.TryParse(name, ignoreCase: true, out BackupKind kind) && Enum.IsDefined(kind)
                && kind is not (BackupKind.Manual or BackupKind.Log))
            {
                return new ScheduleEntry { Name = name, Cron = cron, Kind = kind, Full = kind > BackupKind.Hourly };
            }

            if (Enum.TryParse(name, ignoreCase: true, out JobKind job) && Enum.IsDefined(job) && job != JobKind.Backup)
            {
                return new ScheduleEntry { Name = name, Cron = cron, Job = job };
            }
        }

        throw new ArgumentTransformationMetadataException(
            $"'{text}' is no entry of a schedule. Write 'hourly=0 * * * *', with hourly, daily, weekly, monthly, "
            + "copy, retention, verification, restoreTest or report before the =, or give a hashtable with Name and Cron.");
    }
}
