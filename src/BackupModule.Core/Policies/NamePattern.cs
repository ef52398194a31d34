using System;
using System.IO.Enumeration;

namespace BackupModule.Core.Policies;

/// <summary>Names with <c>*</c> for any characters and <c>?</c> for one; case makes no difference.</summary>
public static class NamePattern
{
    /// <summary>True if the name fits the pattern.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
