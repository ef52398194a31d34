using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>The server's local time, which it writes into headers and takes as the moment to stop at.</summary>
/// <param name="Offset">How far it is ahead of UTC.</param>
internal readonly record struct ServerClock(TimeSpan Offset)
{
    // All offsets in use are multiples of it.
    private static readonly TimeSpan s_unit = TimeSpan.FromMinutes(15);

    /// <summary>Asks the server what time it is.</summary>
    /// <returns>The moment, in the server's own offset.</returns>
    public static async Task<DateTimeOffset> ReadAsync(SqlServerSession session, CancellationToken cancellationToken) =>
        (await session.QueryAsync(
            "SELECT SYSUTCDATETIME(), DATEPART(TZOFFSET, SYSDATETIMEOFFSET());",
            "reading the server's clock",
            null,
            static row => new DateTimeOffset(row.GetDateTime(0), TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(row.GetInt32(1))),
            cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>The clock at a time of which both is known: what the server called it, and when it was.</summary>
    public static ServerClock At(DateTime local, DateTimeOffset moment) =>
        new(Math.Round((local - moment.UtcDateTime) / s_unit) * s_unit);

    /// <summary>The moment of a local time.</summary>
    public DateTimeOffset ToMoment(DateTime local) => new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), Offset);

    /// <summary>What the server calls a moment.</summary>
    public DateTime ToLocal(DateTimeOffset moment) => moment.ToOffset(Offset).DateTime;
}
