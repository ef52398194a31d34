using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Lets bytes pass at the rate that a limit allows at the time. Each caller's bytes are booked after those before, so
/// that the rate holds over all callers; who comes first waits for nothing.
/// </summary>
/// <param name="limit">The limit to begin with.</param>
/// <param name="time">The clock, whose local time chooses the rate.</param>
public sealed class Throttle(BandwidthLimit limit, TimeProvider time)
{
    // A limit that is raised or lifted is noticed this soon by those who wait.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile BandwidthLimit _limit = limit;
    private double _owed;
    private long _settled = time.GetTimestamp();

    /// <summary>The limit; setting it takes effect within a second, for those who wait already, too.</summary>
    public BandwidthLimit Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>Waits until so many bytes may be sent or received.</summary>
    public async Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        double ahead = Book(bytes);
        while (ahead > 0 && Limit.RateAt(time.GetLocalNow()) is { } rate)
        {
            TimeSpan pause = TimeSpan.FromSeconds(Math.Min(ahead / rate, s_look.TotalSeconds));
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            ahead -= pause.TotalSeconds * rate;
        }
    }

    // Gives the bytes of others that go first.
    private double Book(long bytes)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            double passed = time.GetElapsedTime(_settled, now).TotalSeconds;
            _settled = now;
            double ahead = Limit.RateAt(time.GetLocalNow()) is { } rate ? Math.Max(0, _owed - (passed * rate)) : 0;
            _owed = ahead + bytes;
            return ahead;
        }
    }
}
