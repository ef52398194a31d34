using System;
using System.Linq;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class SizeTests
{
    private const long Gigabyte = 1_000_000_000;

    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(60) };

    [Theory]
    [InlineData(1.01)]
    [InlineData(0.99)]
    [InlineData(1.2)]
    [InlineData(0.8)]
    public void A_size_that_never_changed_may_change_by_a_fifth(double factor)
    {
        AddDays(30, static _ => Gigabyte);
        AddLast((long)(factor * Gigabyte));

        SizeAnomaly anomaly = Judge()!;

        Assert.False(anomaly.IsTooLarge || anomaly.IsTooSmall);
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0.5, true, false)]
    [InlineData(1.5, false, true)]
    [InlineData(20, false, true)]
    public void A_size_far_from_the_usual_is_unusual(double factor, bool isTooSmall, bool isTooLarge)
    {
        AddDays(30, static day => Gigabyte + (day % 5 * 1_000_000));
        AddLast((long)(factor * Gigabyte));

        SizeAnomaly anomaly = Judge()!;

        Assert.Equal((isTooSmall, isTooLarge), (anomaly.IsTooSmall, anomaly.IsTooLarge));
    }

    [Fact]
    public void Sizes_that_vary_a_lot_may()
    {
        Random random = new(7);
        AddDays(40, _ => (long)(Gigabyte * (0.5 + random.NextDouble())));
        AddLast((long)(1.6 * Gigabyte));

        Assert.False(Judge()!.IsTooLarge);
    }

    [Fact]
    public void One_wild_backup_before_does_not_hide_the_next()
    {
        AddDays(20, static day => day == 10 ? 100 * Gigabyte : Gigabyte);
        AddLast(100 * Gigabyte);

        Assert.True(Judge()!.IsTooLarge);
    }

    [Fact]
    public void Steady_growth_is_usual()
    {
        AddDays(50, static day => Gigabyte * (10 + day));
        AddLast(Gigabyte * 60);

        Assert.False(Judge()!.IsTooLarge);
    }

    [Fact]
    public void Small_backups_may_vary_by_a_megabyte()
    {
        AddDays(20, static _ => 4096);
        AddLast(1_000_000);

        Assert.False(Judge()!.IsTooLarge);
    }

    [Fact]
    public void Ten_backups_before_are_needed()
    {
        AddDays(9, static _ => Gigabyte);
        AddLast(100 * Gigabyte);

        Assert.Null(Judge());
    }

    [Fact]
    public void Failed_runs_and_pieces_of_logs_are_no_sizes()
    {
        AddDays(20, static _ => Gigabyte);
        AddLast(Gigabyte);
        _watched.AddBackup(_watched.Now.AddHours(-1), RunState.Failed, size: 5);
        _watched.Add(Watched.Run(JobKind.Backup, _watched.Now.AddMinutes(-30)) with
        {
            Kind = BackupKind.Log,
            BackupId = new string('c', 64),
            Figures = new RunFigures { SourceBytes = 5 },
        });

        Assert.Equal(Gigabyte, Judge()!.Last.Figures.SourceBytes);
        Assert.Equal(Gigabyte, Judge()!.Usual);
    }

    [Fact]
    public void Growth_of_a_tenth_in_thirty_days_is_told_as_such()
    {
        for (int hour = 0; hour < 30 * 24; hour += 3)
        {
            _watched.AddBackup(
                _watched.Now.AddHours(hour - (30 * 24)), size: (long)(Gigabyte * (1 + (0.1 * hour / 720.0))));
        }

        double trend = SizeTrend.Of(_watched.Facts().Policies[0].Runs, _watched.Now.AddDays(-30))!.Value;

        Assert.InRange(trend, 0.09, 0.10);
    }

    [Fact]
    public void A_trend_needs_a_week()
    {
        for (int day = 0; day < 7; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day), size: Gigabyte);
        }

        Assert.Null(SizeTrend.Of(_watched.Facts().Policies[0].Runs, _watched.Now.AddDays(-30)));
        _watched.AddBackup(_watched.Now.AddDays(-7), size: Gigabyte);
        Assert.Equal(0, SizeTrend.Of(_watched.Facts().Policies[0].Runs, _watched.Now.AddDays(-30)));
    }

    [Fact]
    public void A_repository_grows_by_what_its_days_bring_less_the_largest()
    {
        Random random = new(11);
        for (int round = 0; round < 50; round++)
        {
            Watched watched = new() { Now = Watched.Start.AddDays(60) };
            long[] days = [.. Enumerable.Range(0, 7).Select(_ => (long)random.Next(1_000_000))];
            days[random.Next(7)] = 500 * Gigabyte;
            for (int day = 0; day < 7; day++)
            {
                watched.AddBackup(watched.Now.AddDays(-day).AddHours(-1 - random.Next(22)), stored: days[day]);
            }

            Assert.Null(StorageGrowth.Of(watched.Runs, watched.Now));
            watched.AddBackup(watched.Now.AddDays(-9), stored: 1_000_000_000_000);

            double growth = StorageGrowth.Of(watched.Runs, watched.Now)!.BytesPerDay;

            Assert.Equal(days.Order().Take(6).Average(), growth, 3);
        }
    }

    [Fact]
    public void What_is_freed_is_taken_off()
    {
        for (int day = 0; day <= 8; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day).AddHours(-1), stored: 100);
            _watched.Add(Watched.Run(JobKind.Retention, _watched.Now.AddDays(-day).AddHours(-2)) with
            {
                Figures = new RunFigures { FreedBytes = 40 },
            });
        }

        StorageGrowth growth = StorageGrowth.Of(_watched.Runs, _watched.Now)!;

        Assert.Equal(60, growth.BytesPerDay);
        Assert.Equal(_watched.Now.AddDays(10), growth.FullAt(_watched.Now, 600));
        Assert.Null(new StorageGrowth(-1).FullAt(_watched.Now, 600));
        Assert.Null(new StorageGrowth(1e-9).FullAt(_watched.Now, long.MaxValue));
    }

    private void AddDays(int count, Func<int, long> size)
    {
        for (int day = 0; day < count; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(day - count - 1), size: size(day));
        }
    }

    private void AddLast(long size) => _watched.AddBackup(_watched.Now.AddHours(-2), size: size);

    private SizeAnomaly? Judge() => SizeAnomaly.Of(_watched.Facts().Policies[0].Runs);
}
