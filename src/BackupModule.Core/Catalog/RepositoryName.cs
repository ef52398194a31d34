using System;
using System.Buffers;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog;

/// <summary>The rule for the names of registered repositories: 1 to 64 ASCII letters, digits, <c>-</c>, <c>_</c> and
/// <c>.</c>, of which <c>-</c> and <c>.</c> do not come first. Case makes no difference.</summary>
public static class RepositoryName
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Checks a name.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static void Validate(string name)
    {
        if (name.Length is 0 or > MaxLength
            || name[0] is '-' or '.'
            || name.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{name}' cannot be the name of a repository.",
                $"Use up to {MaxLength} letters, digits, '-', '_' and '.', with a letter, digit or '_' first.")
            {
                Subject = name,
            };
        }
    }
}
