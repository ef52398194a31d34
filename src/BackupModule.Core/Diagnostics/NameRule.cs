using System;
using System.Buffers;

namespace BackupModule.Core.Diagnostics;

/// <summary>The rule for the names that users give to repositories, policies and the like: 1 to 64 ASCII letters, digits,
/// <c>-</c>, <c>_</c> and <c>.</c>, of which <c>-</c> and <c>.</c> do not come first. Case makes no difference.</summary>
public static class NameRule
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Checks a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it is to be the name of, such as <c>repository</c>.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static void Validate(string name, string what)
    {
        if (name.Length is 0 or > MaxLength
            || name[0] is '-' or '.'
            || name.AsSpan().ContainsAnyExcept(s_allowed))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{name}' cannot be the name of a {what}.",
                $"Use up to {MaxLength} letters, digits, '-', '_' and '.', with a letter, digit or '_' first.")
            {
                Subject = name,
            };
        }
    }
}
