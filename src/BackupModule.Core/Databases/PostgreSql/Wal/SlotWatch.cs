using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>Looks after a slot while its stream runs: a slot without a limit that falls behind fills the server's disk, and one
/// with a limit is dropped.</summary>
internal sealed class SlotWatch(ServerAddress address, DatabaseAccess access, string slotName)
{
    // From here on somebody should know, whatever the limit.
    private const long AlarmingBytes = 4L * 1024 * 1024 * 1024;

    private const string Query =
        """
        SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END::text,
               s.restart_lsn::text, s.wal_status,
               (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size')
        FROM pg_replication_slots s WHERE s.slot_name = $1
        """;

    /// <summary>Looks again and again. While the server cannot be asked, nothing is known of the slot; the stream itself says what
    /// is wrong.</summary>
    public async Task RunAsync(Action<SlotState> report, TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                IReadOnlyList<SlotState> states = await SqlCommands
                    .AskAsync(address.ForSql(access.PasswordText), Query, Judge, cancellationToken, slotName).ConfigureAwait(false);
                if (states is [{ } state])
                {
                    report(state);
                }
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                // It may be restarting, or let the role do nothing but replicate.
                report(new SlotState(End: null, HeldBytes: null, HoldLimit: null, Danger: null));
            }

            await Task.Delay(interval, access.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private SlotState Judge(NpgsqlDataReader row)
    {
        Lsn? end = Lsn.TryParse(row.Text(0), out Lsn flushed) ? flushed : null;
        long? held = end is not null && Lsn.TryParse(row.Text(1), out Lsn restart)
            ? Math.Max(0, (long)(end.Value.Value - restart.Value))
            : null;
        string? status = row.Text(2);
        long? limit = row.IsDBNull(3) || row.GetInt64(3) < 0 ? null : row.GetInt64(3) * 1024 * 1024;
        string? danger = status switch
        {
            "lost" => $"The server has dropped what the slot {slotName} needs: the log has a hole. Make a new backup.",
            "unreserved" => $"The server is about to drop what the slot {slotName} needs: the stream is too far behind.",
            _ when held > AlarmingBytes && limit is null => string.Create(
                CultureInfo.InvariantCulture,
                $"The server keeps {held.Value / (1024 * 1024)} MiB of log for the slot {slotName}, without a limit: its disk may fill. "
                + $"Find out why the stream is behind, or set max_slot_wal_keep_size."),
            _ when limit is not null && held > limit * 3 / 4 =>
                $"The slot {slotName} has used three quarters of what the server keeps for it (max_slot_wal_keep_size).",
            _ => null,
        };
        return new SlotState(end, held, limit, danger);
    }
}
