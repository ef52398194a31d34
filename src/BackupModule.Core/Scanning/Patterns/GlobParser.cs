using System;
using System.Collections.Generic;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Scanning.Patterns;

/// <summary>Compiles the text of a glob: the grammar of Go's <c>filepath.Match</c>.</summary>
internal ref struct GlobParser
{
    private readonly string _text;
    private readonly bool _backslashEscapes;
    private int _position;

    /// <summary>Takes the text of one path component.</summary>
    public GlobParser(string text, bool backslashEscapes)
    {
        _text = text;
        _backslashEscapes = backslashEscapes;
    }

    /// <summary>The steps of the glob.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the glob is malformed.</exception>
    public GlobToken[] Parse()
    {
        List<GlobToken> tokens = [];
        while (_position < _text.Length)
        {
            char c = _text[_position];
            switch (c)
            {
                case '*':
                    _position++;
                    tokens.Add(new GlobToken(GlobTokenKind.AnyRun));
                    break;
                case '?':
                    _position++;
                    tokens.Add(new GlobToken(GlobTokenKind.AnyCharacter));
                    break;
                case '[':
                    _position++;
                    tokens.Add(ParseClass());
                    break;
                default:
                    AddLiteral(tokens);
                    break;
            }
        }

        return [.. tokens];
    }

    private void AddLiteral(List<GlobToken> tokens)
    {
        SkipEscape();
        int length = char.IsHighSurrogate(_text[_position]) && _position + 1 < _text.Length ? 2 : 1;
        foreach (byte b in RawText.Encode(_text.AsSpan(_position, length)))
        {
            tokens.Add(new GlobToken(GlobTokenKind.Byte, b));
        }

        _position += length;
    }

    private GlobToken ParseClass()
    {
        bool negated = Current() == '^';
        _position += negated ? 1 : 0;
        List<(int First, int Last)> ranges = [];
        while (ranges.Count == 0 || Current() != ']')
        {
            int first = ParseClassMember();
            int last = first;
            if (Current() == '-')
            {
                _position++;
                last = ParseClassMember();
            }

            ranges.Add((first, last));
        }

        _position++;
        return new GlobToken(GlobTokenKind.Class, IsNegated: negated, Ranges: ranges);
    }

    private int ParseClassMember()
    {
        if (Current() is '-' or ']')
        {
            throw Malformed("a class has a '-' or ']' where a character belongs");
        }

        SkipEscape();
        if (!Rune.TryGetRuneAt(_text, _position, out Rune rune))
        {
            throw Malformed("a class holds a byte that is not UTF-8");
        }

        _position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private void SkipEscape()
    {
        if (_backslashEscapes && Current() == '\\')
        {
            _position++;
            _ = Current();
        }
    }

    private readonly char Current() => _position < _text.Length
        ? _text[_position]
        : throw Malformed("it ends within a class or after a '\\'");

    private readonly BackupException Malformed(string why) => new(
        BackupErrorKind.InvalidArgument,
        $"The pattern part '{RawText.ToDisplay(_text)}' is malformed: {why}.",
        _backslashEscapes ? "Put a '\\' before a '[' or '\\' that stands for itself." : "Use '?' in place of a '['.")
    {
        Subject = _text,
    };
}
