using System;
using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Module;

public sealed class ProgressMeterTests
{
    private const long Megabyte = 1 << 20;
    private const int Unknown = -1;

    private readonly ManualTime _time = new();
    private readonly ProgressMeter _meter;

    public ProgressMeterTests() => _meter = new ProgressMeter(_time);

    [Fact]
    public void A_flood_of_reports_gives_five_records_a_second()
    {
        int records = 0;
        for (int i = 0; i < 10_000; i++)
        {
            _meter.Report(new OperationProgress("Backing up", null, i, null, i, null));
            records += _meter.TakeRecord() is null ? 0 : 1;
            _time.Advance(TimeSpan.FromMicroseconds(100));
        }

        Assert.Equal(5, records);
    }

    [Fact]
    public void A_record_has_bytes_items_rate_and_remaining_time()
    {
        Show("Backing up", items: 0, itemsTotal: 4000, bytes: 0, bytesTotal: 100 * Megabyte);
        ProgressRecord record = ShowAfter(
            seconds: 10, "Backing up", items: 1000, itemsTotal: 4000, bytes: 25 * Megabyte, bytesTotal: 100 * Megabyte);

        Assert.Equal(("Backing up", "/item"), (record.Activity, record.CurrentOperation));
        Assert.Equal("25.0 MB of 100 MB, 1,000 of 4,000 files, 2.50 MB/s", record.StatusDescription);
        Assert.Equal((25, 30), (record.PercentComplete, record.SecondsRemaining));
        Assert.Null(_meter.TakeRecord());
        Assert.Equal(ProgressRecordType.Completed, _meter.TakeCompletion()?.RecordType);
        Assert.Null(_meter.TakeCompletion());
    }

    [Fact]
    public void Where_there_are_no_bytes_items_give_rate_and_remaining_time()
    {
        Show("Checking backups", 0, 60);
        ProgressRecord record = ShowAfter(5, "Checking backups", 10, 60);

        Assert.Equal("10 of 60 files, 2.0 files/s", record.StatusDescription);
        Assert.Equal((16, 25), (record.PercentComplete, record.SecondsRemaining));
    }

    [Fact]
    public void The_rate_is_that_of_the_last_seconds_and_not_of_the_whole_run()
    {
        Show("Backing up", 0, null, bytes: 0, bytesTotal: 10_000 * Megabyte);
        for (int second = 1; second <= 20; second++)
        {
            ShowAfter(1, "Backing up", 0, null, bytes: second * Megabyte, bytesTotal: 10_000 * Megabyte);
        }

        ProgressRecord? record = null;
        for (int second = 1; second <= 20; second++)
        {
            long bytes = (20 + (100 * second)) * Megabyte;
            record = ShowAfter(1, "Backing up", 0, null, bytes, 10_000 * Megabyte);
        }

        Assert.Equal("1.97 GB of 9.77 GB, 100 MB/s", record!.StatusDescription);
        Assert.Equal(80, record.SecondsRemaining);
    }

    [Fact]
    public void Without_a_total_there_is_neither_a_percentage_nor_a_remaining_time()
    {
        Show("Exporting", 0, null);
        ProgressRecord record = ShowAfter(2, "Exporting", 10, null, bytes: Megabyte);

        Assert.Equal("1.00 MB, 10 files, 512 KB/s", record.StatusDescription);
        Assert.Equal((Unknown, Unknown), (record.PercentComplete, record.SecondsRemaining));
    }

    [Fact]
    public void A_total_that_was_passed_is_taken_for_unknown()
    {
        Show("Backing up", 0, 10, bytes: 0, bytesTotal: 100);
        ProgressRecord record = ShowAfter(2, "Backing up", 11, 10, bytes: 101, bytesTotal: 100);

        Assert.Equal("101 B, 11 files, 50 B/s", record.StatusDescription);
        Assert.Equal((Unknown, Unknown), (record.PercentComplete, record.SecondsRemaining));
    }

    [Fact]
    public void Running_work_is_never_shown_as_done()
    {
        Show("Restoring", 0, 10, bytes: 0, bytesTotal: 100);
        ProgressRecord record = ShowAfter(2, "Restoring", 10, 10, bytes: 100, bytesTotal: 100);

        Assert.Equal((99, 0), (record.PercentComplete, record.SecondsRemaining));
    }

    [Fact]
    public void Every_phase_begins_anew()
    {
        Show("Checking backups", 0, 10);
        ShowAfter(10, "Checking backups", 10, 10);
        ProgressRecord first = ShowAfter(1, "Reading packs", 1, 100);
        ProgressRecord second = ShowAfter(2, "Reading packs", 11, 100);

        Assert.Equal(("Reading packs", "1 of 100 files"), (first.Activity, first.StatusDescription));
        Assert.Equal(Unknown, first.SecondsRemaining);
        Assert.Equal("11 of 100 files, 5.0 files/s", second.StatusDescription);
        Assert.Equal(18, second.SecondsRemaining);
    }

    [Fact]
    public void The_same_phase_of_another_backup_begins_anew()
    {
        Show("Restoring", 0, null, bytes: 0, bytesTotal: 100 * Megabyte);
        ShowAfter(2, "Restoring", 5, null, bytes: 90 * Megabyte, bytesTotal: 100 * Megabyte);
        ProgressRecord record = ShowAfter(2, "Restoring", 0, null, bytes: 0, bytesTotal: 50 * Megabyte);

        Assert.Equal("0 B of 50.0 MB", record.StatusDescription);
        Assert.Equal((0, Unknown), (record.PercentComplete, record.SecondsRemaining));
    }

    [Fact]
    public void Work_that_stalls_is_shown_again_with_a_falling_rate()
    {
        Show("Backing up", 0, null, bytes: 0, bytesTotal: 100 * Megabyte);
        ShowAfter(2, "Backing up", 1, null, bytes: 20 * Megabyte, bytesTotal: 100 * Megabyte);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Null(_meter.TakeRecord());
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal("20.0 MB of 100 MB, 1 file, 5.00 MB/s", _meter.TakeRecord()?.StatusDescription);
        _time.Advance(TimeSpan.FromSeconds(60));
        ProgressRecord? stalled = _meter.TakeRecord();
        _time.Advance(TimeSpan.FromSeconds(2));
        stalled = _meter.TakeRecord() ?? stalled;

        Assert.Equal("20.0 MB of 100 MB, 1 file, 0 B/s", stalled?.StatusDescription);
        Assert.Equal(Unknown, stalled?.SecondsRemaining);
    }

    [Fact]
    public void Work_that_counts_nothing_shows_what_it_is_at()
    {
        ProgressRecord record = Show("Waiting for the lock", 0, null);

        Assert.Equal(("/item", Unknown), (record.StatusDescription, record.PercentComplete));
        Assert.Null(record.CurrentOperation);
    }

    [Fact]
    public void Nothing_is_shown_of_work_that_has_ended()
    {
        Show("Restoring", 1, 2);
        _meter.TakeCompletion();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(_meter.TakeRecord());
    }

    private ProgressRecord Show(
        string activity, long items, long? itemsTotal, long bytes = 0, long? bytesTotal = null)
    {
        _meter.Report(new OperationProgress(activity, "/item", items, itemsTotal, bytes, bytesTotal));
        return Assert.IsType<ProgressRecord>(_meter.TakeRecord());
    }

    private ProgressRecord ShowAfter(
        int seconds, string activity, long items, long? itemsTotal, long bytes = 0, long? bytesTotal = null)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return Show(activity, items, itemsTotal, bytes, bytesTotal);
    }
}
