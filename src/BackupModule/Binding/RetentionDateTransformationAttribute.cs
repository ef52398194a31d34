using System;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;

namespace BackupModule.Binding;

/// <summary>Lets the date of a retention rule be written as <c>2026-01-31</c>, or given as a date of PowerShell. A date
/// whose zone is not told means the time of the machine that was backed up.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RetentionDateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return Read(inputData) ?? RetentionDate.Parse(inputData?.ToString() ?? string.Empty);
        }
        catch (BackupException failure)
        {
            throw new ArgumentTransformationMetadataException($"{failure.Message} {failure.Guidance}", failure);
        }
    }

    /// <summary>The date that an object is; null if it is none.</summary>
    internal static RetentionDate? Read(object? value) => value switch
    {
        PSObject wrapped => Read(wrapped.BaseObject),
        RetentionDate date => date,
        DateTimeOffset moment => RetentionDate.OfMoment(moment),
        DateTime { Kind: DateTimeKind.Unspecified } wall => RetentionDate.OfWall(wall),
        DateTime moment => RetentionDate.OfMoment(moment),
        _ => null,
    };
}
