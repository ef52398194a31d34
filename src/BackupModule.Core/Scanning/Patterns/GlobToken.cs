using System.Collections.Generic;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>One step of a compiled glob.</summary>
/// <param name="Kind">What it matches.</param>
/// <param name="Literal">The byte, for <see cref="GlobTokenKind.Byte"/>.</param>
/// <param name="IsNegated">True for <c>[^…]</c>.</param>
/// <param name="Ranges">The first and last code points of a class, both included.</param>
internal readonly record struct GlobToken(
    GlobTokenKind Kind,
    byte Literal = 0,
    bool IsNegated = false,
    IReadOnlyList<(int First, int Last)>? Ranges = null);
