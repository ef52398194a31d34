using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>Which transactions a session sees, as <c>pg_current_snapshot()</c> says it: <c>xmin:xmax:running,running</c>.</summary>
internal sealed class TransactionSnapshot
{
    private readonly ulong _oldest;

    // After all that had ended.
    private readonly ulong _next;
    private readonly FrozenSet<ulong> _running;

    private TransactionSnapshot(ulong oldest, ulong next, IEnumerable<ulong> running)
    {
        _oldest = oldest;
        _next = next;
        _running = running.ToFrozenSet();
    }

    /// <summary>Transactions that had not ended when the snapshot was taken, and were older than some that had.</summary>
    public IReadOnlyCollection<ulong> Running => _running;

    /// <summary>Reads the server's way of writing it.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TransactionSnapshot Parse(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 3
            ? new TransactionSnapshot(
                Read(parts[0]), Read(parts[1]), parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Read))
            : throw new FormatException($"'{text}' is no snapshot of transactions.");

        static ulong Read(string number) => ulong.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>True if the session sees what the transaction did, provided that it was committed.</summary>
    /// <param name="transactionId">Its number as the log has it, without the epoch.</param>
    public bool Sees(uint transactionId)
    {
        // With the epoch that puts it nearest: the server never lets numbers be more than two billion apart.
        ulong full = (ulong)((long)_next + (int)(transactionId - (uint)_next));
        return full < _oldest || (full < _next && !_running.Contains(full));
    }
}
