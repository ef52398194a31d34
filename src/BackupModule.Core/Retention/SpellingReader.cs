using System;
using System.Globalization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>Reads what people spell, from left to right, and says where a mistake is.</summary>
/// <param name="text">What was written.</param>
/// <param name="what">What it should be, as in <c>a duration</c>.</param>
/// <param name="guidance">How that is written, as a sentence.</param>
internal ref struct SpellingReader(string text, string what, string guidance)
{
    // Numbers of more digits mean nothing in a calendar, and fewer fit into an int.
    private const int LongestNumber = 6;

    private int _position;

    /// <summary>True if nothing but spaces is left.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipSpaces();
            return _position == text.Length;
        }
    }

    /// <summary>Takes a whole number.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: something else stands there.</exception>
    public int TakeNumber()
    {
        SkipSpaces();
        int start = _position;
        while (_position < text.Length && char.IsAsciiDigit(text[_position]))
        {
            _position++;
        }

        if (_position - start is > 0 and <= LongestNumber)
        {
            return int.Parse(text.AsSpan(start, _position - start), CultureInfo.InvariantCulture);
        }

        string expected = _position == start ? "a number is missing" : "the number is too large";
        _position = start;
        throw Refuse(expected);
    }

    /// <summary>Takes the letter of a unit.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: something else stands there.</exception>
    public CalendarUnit TakeUnit()
    {
        CalendarUnit? unit = _position == text.Length ? null : text[_position] switch
        {
            'h' => CalendarUnit.Hour,
            'd' => CalendarUnit.Day,
            'w' => CalendarUnit.Week,
            'm' => CalendarUnit.Month,
            'y' => CalendarUnit.Year,
            _ => null,
        };
        if (unit is not { } found)
        {
            throw Refuse("one of the units y, m, w, d and h is missing");
        }

        _position++;
        return found;
    }

    /// <summary>Takes a word.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: something else stands there.</exception>
    public void TakeWord(string word)
    {
        SkipSpaces();
        if (!text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal))
        {
            throw Refuse($"'{word}' is missing");
        }

        _position += word.Length;
    }

    /// <summary>The error for a mistake at the place that was reached.</summary>
    public readonly BackupException Refuse(string mistake) => new(
        BackupErrorKind.InvalidArgument,
        _position < text.Length
            ? $"'{text}' is not {what}: {mistake} at position {_position + 1}, before '{text[_position..]}'."
            : $"'{text}' is not {what}: {mistake} at the end.",
        guidance)
    {
        Subject = text,
    };

    private void SkipSpaces()
    {
        while (_position < text.Length && text[_position] == ' ')
        {
            _position++;
        }
    }
}
