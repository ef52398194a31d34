using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The call that looks what is due, as it is installed.</summary>
public sealed record ScheduleCall
{
    /// <summary>The absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>How often it is called: a number of minutes that divides an hour.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The variables that it needs. None is a secret: what is installed can be read by others.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of the local state, where a caller that keeps no log of its own has one.</summary>
    public required string HomeFolder { get; init; }

    /// <summary>How often it is called, in minutes.</summary>
    internal int Minutes => (int)Every.TotalMinutes;

    /// <summary>What it is, for people. <see cref="RegisteredCaller"/> reads the interval from it.</summary>
    internal string Description => $"Runs what BackupModule's schedules have due, every {Duration.Format(Every)}";

    /// <summary>Fails where it cannot be installed so.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    internal void Validate()
    {
        if (Every.Ticks % TimeSpan.TicksPerMinute != 0 || Minutes is < 1 or > 60 || 60 % Minutes != 0)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"Schedules cannot be looked at every {Duration.Format(Every)}.",
                "Give whole minutes that divide an hour, such as 1m, 5m, 15m or 1h.");
        }

        foreach (string text in Arguments.Concat(Environment.Values).Append(Program).Append(HomeFolder))
        {
            if (text.AsSpan().ContainsAny('\n', '\r', '\0'))
            {
                throw new BackupException(
                    BackupErrorKind.InvalidArgument, $"'{text}' has a line end in it, and the call of schedules is one line.");
            }
        }

        if (!Path.IsPathFullyQualified(Program))
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, $"'{Program}' is no absolute path of a program.");
        }
    }
}
