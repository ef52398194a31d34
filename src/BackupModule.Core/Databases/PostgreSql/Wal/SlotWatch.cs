using System;
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
        SELECT pg_is_in_recovery(),
               CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END::text,
               s.restart_lsn::text, s.wal_status, s.safe_wal_size,
               (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size')
        FROM pg_replication_slots s WHERE s.slot_name = $1
        """;

    /// <summary>Looks again and again. A server that does not let the role ask is not asked any more.</summary>
    public async Task RunAsync(Action<SlotState> report, TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            SlotState? state;
            try
            {
                state = await LookAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                // The stream itself says what is wrong with the server.
                state = new SlotState(End: null, HeldBytes: null, HoldLimit: null, Danger: null);
            }

            if (state is not null)
            {
                report(state);
            }

            await Task.Delay(interval, access.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SlotState?> LookAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(address.ForSql(access.PasswordText));
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            NpgsqlCommand command = new(Query, connection) { Parameters = { new() { Value = slotName } } };
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Judge(reader) : null;
                }
            }
        }
    }

    private SlotState Judge(NpgsqlDataReader row)
    {
        Lsn? end = Lsn.TryParse(row.IsDBNull(1) ? null : row.GetString(1), out Lsn flushed) ? flushed : null;
        long? held = end is not null && Lsn.TryParse(row.IsDBNull(2) ? null : row.GetString(2), out Lsn restart)
            ? Math.Max(0, (long)(end.Value.Value - restart.Value))
            : null;
        string status = row.IsDBNull(3) ? string.Empty : row.GetString(3);
        long? limit = row.IsDBNull(5) || row.GetInt64(5) < 0 ? null : row.GetInt64(5) * 1024 * 1024;
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
