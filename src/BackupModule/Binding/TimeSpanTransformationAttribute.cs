using System;
using System.Globalization;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Binding;

/// <summary>Lets a time span be written as <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c> or <c>1w</c>, besides .NET's own spelling.
/// A bare number is seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeSpanTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // PowerShell reads 30s as a short and 2d as a decimal; what was typed is only in the wrapping.
        object? value = inputData is PSObject { BaseObject: not TimeSpan } typed ? typed.ToString()
            : inputData is PSObject wrapped ? wrapped.BaseObject
            : inputData;
        TimeSpan span = value switch
        {
            TimeSpan given => given,
            string text => Duration.Parse(text) ?? throw Refused(),
            short or int or long or double or decimal =>
                Duration.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)) ?? throw Refused(),
            _ => throw Refused(),
        };
        return span >= TimeSpan.Zero ? span : throw Refused();
    }

    private static ArgumentTransformationMetadataException Refused() =>
        new("Give a time such as 30s, 5m, 1h, 2d or 00:05:00.");
}
