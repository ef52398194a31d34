using System;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;

namespace BackupModule.Binding;

/// <summary>Lets what a backup is newer than be written as a date such as <c>2026-01-31</c> or an age such as <c>30d</c>, or
/// given as a date or time span of PowerShell.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DateOrAgeTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3_000_000);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
            {
                DateOrAge given => given,
                TimeSpan age when age > TimeSpan.Zero && age < s_longest =>
                    DateOrAge.Of(new CalendarDuration(0, 0, 0, (int)Math.Ceiling(age.TotalHours))),

                // PowerShell reads 30d as a number; what was typed is only in the wrapping.
                _ => RetentionDateTransformationAttribute.Read(inputData) is { } date
                    ? DateOrAge.Of(date)
                    : DateOrAge.Parse(inputData?.ToString() ?? string.Empty),
            };
        }
        catch (BackupException failure)
        {
            throw new ArgumentTransformationMetadataException($"{failure.Message} {failure.Guidance}", failure);
        }
    }
}
