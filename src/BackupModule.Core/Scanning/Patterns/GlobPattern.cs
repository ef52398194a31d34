using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>
/// A pattern for one path component, as Go's <c>filepath.Match</c> reads it: <c>*</c>, <c>?</c>, <c>[a-z]</c>,
/// <c>[^a-z]</c> and, except on Windows, <c>\</c> before a character that stands for itself.
/// </summary>
/// <remarks>Works on the bytes of the name, as Go does: a byte outside valid UTF-8 counts as one character.</remarks>
public sealed class GlobPattern
{
    private const int MaxStackBytes = 1024;
    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create(@"*?[\");

    private readonly string? _literal;
    private readonly GlobToken[] _tokens;

    private GlobPattern(string? literal, GlobToken[] tokens)
    {
        _literal = literal;
        _tokens = tokens;
    }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">The pattern, without <c>/</c>.</param>
    /// <param name="backslashEscapes">True where <c>\</c> makes the next character stand for itself; false on Windows,
    /// where it parts components.</param>
    /// <exception cref="Diagnostics.BackupException"><c>InvalidArgument</c>: the pattern is malformed.</exception>
    public static GlobPattern Parse(string text, bool backslashEscapes) =>
        text.AsSpan().ContainsAny(SpecialCharacters)
            ? new GlobPattern(null, new GlobParser(text, backslashEscapes).Parse())
            : new GlobPattern(text, []);

    /// <summary>True if the pattern matches the whole name.</summary>
    /// <param name="name">One path component, in the form of <see cref="RawText"/>.</param>
    [SkipLocalsInit]
    public bool IsMatch(ReadOnlySpan<char> name)
    {
        if (_literal is not null)
        {
            return name.SequenceEqual(_literal);
        }

        if (name.IsEmpty)
        {
            return Array.TrueForAll(_tokens, token => token.Kind == GlobTokenKind.AnyRun);
        }

        if (Differs(_tokens[0], name[0]) || Differs(_tokens[^1], name[^1]))
        {
            return false;
        }

        Span<byte> bytes = name.Length * 3 <= MaxStackBytes ? stackalloc byte[MaxStackBytes] : new byte[name.Length * 3];
        return IsMatch(bytes[..RawText.Encode(name, bytes)]);
    }

    // Most names fail at an end, which shows without a look at their bytes.
    private static bool Differs(GlobToken token, char end) =>
        token.Kind == GlobTokenKind.Byte && token.Literal < 0x80 && token.Literal != end;

    // Only the last run needs to be tried at other lengths: what an earlier one can match, a later one can take over.
    private bool IsMatch(ReadOnlySpan<byte> name)
    {
        int token = 0;
        int position = 0;
        int lastRun = -1;
        int lastRunEnd = 0;
        while (token < _tokens.Length || position < name.Length)
        {
            if (token < _tokens.Length && _tokens[token].Kind == GlobTokenKind.AnyRun)
            {
                lastRun = token++;
                lastRunEnd = position;
            }
            else if (token < _tokens.Length && position < name.Length && Step(_tokens[token], name, ref position))
            {
                token++;
            }
            else if (lastRun >= 0 && lastRunEnd < name.Length)
            {
                position = ++lastRunEnd;
                token = lastRun + 1;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool Step(GlobToken token, ReadOnlySpan<byte> name, ref int position)
    {
        if (token.Kind == GlobTokenKind.Byte)
        {
            return name[position++] == token.Literal;
        }

        // Go takes one byte for an invalid sequence, where .NET may take more.
        bool valid = Rune.DecodeFromUtf8(name[position..], out Rune rune, out int length) == OperationStatus.Done;
        position += valid ? length : 1;
        return token.Kind == GlobTokenKind.AnyCharacter || Contains(token.Ranges!, rune.Value) != token.IsNegated;
    }

    private static bool Contains(IReadOnlyList<(int First, int Last)> ranges, int codePoint)
    {
        foreach ((int first, int last) in ranges)
        {
            if (first <= codePoint && codePoint <= last)
            {
                return true;
            }
        }

        return false;
    }
}
