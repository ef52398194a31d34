using System;

namespace BackupModule.Stages;

/// <summary>Says how much plain data a benchmark gets through in one operation.</summary>
/// <param name="count">Bytes.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BytesAttribute(long count) : Attribute
{
    /// <summary>Bytes an operation.</summary>
    public long Count { get; } = count;
}
