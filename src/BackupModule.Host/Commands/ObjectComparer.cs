using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Orders values as the language does, and by their text where the language has no order for them.</summary>
internal sealed class ObjectComparer(bool caseSensitive) : IComparer<object?>
{
    public int Compare(object? x, object? y) =>
        LanguagePrimitives.TryCompare(x, y, !caseSensitive, CultureInfo.CurrentCulture, out int order)
            ? order
            : string.Compare($"{x}", $"{y}", !caseSensitive, CultureInfo.CurrentCulture);
}
