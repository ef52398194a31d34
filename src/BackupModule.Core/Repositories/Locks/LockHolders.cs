using System;
using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Repositories.Locks;

/// <summary>Whom somebody meets who wants a lock: who they are, and since when they are known to hold theirs.</summary>
/// <remarks>
/// A refresh replaces a lock by a new one, so a lock file tells when its holder was last seen, not when the work began.
/// The earliest time that was seen here is as far back as can be said: "since at least".
/// </remarks>
internal sealed class LockHolders(TimeProvider time)
{
    private readonly Dictionary<(string Host, string User, int Process), DateTimeOffset> _since = [];

    /// <summary>The holder that was described last.</summary>
    public string Latest { get; private set; } = string.Empty;

    /// <summary>The holder of a lock, e.g. <c>root on web1 (process 4711, restic) since at least 10:15:03 (42 s ago)</c>.
    /// The program is known for processes of this machine only.</summary>
    public string Describe(LockFile file)
    {
        var holder = (file.HostName, file.UserName, file.ProcessId);
        DateTimeOffset taken = file.Time.ToDateTimeOffset();
        if (!_since.TryGetValue(holder, out DateTimeOffset since) || taken < since)
        {
            _since[holder] = since = taken;
        }

        string? program = file.HostName == MachineIdentity.Current.HostName
            ? ProcessProbe.NameOf(file.ProcessId)
            : null;
        string process = program is null ? $"process {file.ProcessId}" : $"process {file.ProcessId}, {program}";
        return Latest = $"{file.UserName} on {file.HostName} ({process}) since at least {Clock(since)} ({Age(since)} ago)";
    }

    private string Clock(DateTimeOffset since)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(since, time.LocalTimeZone);
        string format = local.Date == time.GetLocalNow().Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    // Clocks of two machines may differ.
    private string Age(DateTimeOffset since)
    {
        double seconds = Math.Max(0, (time.GetUtcNow() - since).TotalSeconds);
        return seconds < 120 ? $"{(int)seconds} s" : $"{(int)(seconds / 60)} min";
    }
}
