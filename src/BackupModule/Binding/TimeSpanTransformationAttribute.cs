using System;
using System.Globalization;
using System.Management.Automation;

namespace BackupModule.Binding;

/// <summary>Lets a time span be written as <c>30s</c>, <c>5m</c>, <c>1h</c> or <c>2d</c>, besides .NET's own spelling.
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
            string text => Parse(text),
            short or int or long or double or decimal => Seconds(Convert.ToDouble(value, CultureInfo.InvariantCulture), 1),
            _ => throw Refused(),
        };
        return span >= TimeSpan.Zero ? span : throw Refused();
    }

    private static TimeSpan Parse(string text)
    {
        if (Quantity.Read(text) is { } quantity && UnitSeconds(quantity.Unit) is { } unit)
        {
            return Seconds(quantity.Number, unit);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : throw Refused();
    }

    private static double? UnitSeconds(string unit) => unit switch
    {
        "MS" => 0.001,
        "" or "S" => 1,
        "M" or "MIN" => 60,
        "H" => 3600,
        "D" => 86_400,
        _ => null,
    };

    private static TimeSpan Seconds(double count, double unit) =>
        count * unit < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(count * unit) : throw Refused();

    private static ArgumentTransformationMetadataException Refused() =>
        new("Give a time such as 30s, 5m, 1h, 2d or 00:05:00.");
}
