using System;
using System.Globalization;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Retention;

/// <summary>A date in a rule: a moment, or, without a zone, the time on the wall of the machine that made a backup.</summary>
[JsonConverter(typeof(SpelledJsonConverter<RetentionDate>))]
public readonly record struct RetentionDate : ISpelled<RetentionDate>
{
    private const string Guidance = "Write for example: 2026-01-31, 2026-01-31T18:00 or 2026-01-31T18:00:00+01:00.";

    private static readonly string[] s_wallFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
    ];

    private static readonly string[] s_momentFormats =
    [
        "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    private readonly DateTime _wall;
    private readonly TimeSpan? _offset;

    private RetentionDate(DateTime wall, TimeSpan? offset)
    {
        _wall = wall;
        _offset = offset;
    }

    /// <summary>A moment.</summary>
    public static RetentionDate OfMoment(DateTimeOffset moment) => new(moment.DateTime, moment.Offset);

    /// <summary>A time on the wall of whatever machine made a backup.</summary>
    public static RetentionDate OfWall(DateTime wall) => new(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified), null);

    /// <summary>Reads a date as ISO 8601 spells it.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static RetentionDate Parse(string text) => TryParse(text, out RetentionDate date)
        ? date
        : throw new BackupException(BackupErrorKind.InvalidArgument, $"'{text}' is not a date.", Guidance)
        {
            Subject = text,
        };

    /// <summary>The date as ISO 8601 spells it.</summary>
    public override string ToString()
    {
        string date = _wall.ToString(
            _offset is null && _wall.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
            CultureInfo.InvariantCulture);
        return _offset is { } offset
            ? date + new DateTimeOffset(_wall, offset).ToString("zzz", CultureInfo.InvariantCulture)
            : date;
    }

    /// <summary>True if a backup was made then or later.</summary>
    internal bool IsReachedBy(FileTimestamp time) => _offset is { } offset
        ? time.CompareMoment(FileTimestamp.FromDateTimeOffset(new DateTimeOffset(_wall, offset))) >= 0
        : WallTime.Of(time) >= _wall;

    private static bool TryParse(string text, out RetentionDate date)
    {
        if (DateTime.TryParseExact(
            text, s_wallFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime wall))
        {
            date = OfWall(wall);
            return true;
        }

        bool isMoment = DateTimeOffset.TryParseExact(
            text, s_momentFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment);
        date = OfMoment(moment);
        return isMoment;
    }
}
