using System.Collections.Generic;

namespace BackupModule.Tests.Servers;

/// <summary>An answer of <see cref="WebServer"/>.</summary>
internal sealed record WebAnswer(int Status, string Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>True to answer never.</summary>
    public bool Hangs { get; init; }
}
