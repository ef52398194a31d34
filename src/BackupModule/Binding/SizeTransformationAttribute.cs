using System;
using System.Globalization;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Binding;

/// <summary>Lets a size in bytes be written as <c>500MB</c> or <c>1.5 GB</c>. A KB is 1,024 bytes, as in PowerShell.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Units = "KMGTP";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        double bytes = value switch
        {
            string text => Parse(text),
            int or long or double or decimal or uint or ulong => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => throw Refused(),
        };
        return bytes is >= 0 and < long.MaxValue ? (long)bytes : throw Refused();
    }

    private static double Parse(string text) =>
        Quantity.Read(text) is { } quantity ? quantity.Number * UnitBytes(quantity.Unit) : throw Refused();

    private static double UnitBytes(string unit)
    {
        if (unit is "" or "B")
        {
            return 1;
        }

        int power = Units.IndexOf(unit[0], StringComparison.Ordinal) + 1;
        return power > 0 && unit[1..] is ("" or "B" or "IB") ? Math.Pow(1024, power) : throw Refused();
    }

    private static ArgumentTransformationMetadataException Refused() =>
        new("Give a size such as 500MB, 1.5GB or a number of bytes.");
}
