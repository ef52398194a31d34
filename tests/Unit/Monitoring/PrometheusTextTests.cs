using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Metrics;
using BackupModule.Core.Monitoring.Status;
using BackupModule.Core.Replication;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Monitoring;

public sealed class PrometheusTextTests
{
    private readonly Watched _watched = new() { Now = Watched.Start.AddDays(40) };

    [Fact]
    public void A_value_stands_below_its_help_and_type()
    {
        MetricFamily family = new(
            "backupmodule_x_seconds",
            "What \\ it\nis.",
            [
                new MetricSample([], 1.5),
                new MetricSample([new MetricLabel("entry", "a\"b\\c\nd"), new MetricLabel("policy", "shop")], 1e300),
            ]);

        Assert.Equal(
            "# HELP backupmodule_x_seconds What \\\\ it\\nis.\n"
            + "# TYPE backupmodule_x_seconds gauge\n"
            + "backupmodule_x_seconds 1.5\n"
            + "backupmodule_x_seconds{entry=\"a\\\"b\\\\c\\nd\",policy=\"shop\"} 1E+300\n",
            PrometheusText.Write([family]));
    }

    [Fact]
    public void Nothing_is_written_of_what_has_no_value() =>
        Assert.Empty(PrometheusText.Write([new MetricFamily("backupmodule_x", "X.", [])]));

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(1773446400.123, "1773446400.123")]
    [InlineData(-0.25, "-0.25")]
    public void Numbers_are_written_as_the_format_has_them(double value, string text) =>
        Assert.EndsWith(
            $" {text}\n",
            PrometheusText.Write([new MetricFamily("x", "X.", [new MetricSample([], value)])]),
            StringComparison.Ordinal);

    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_a_full_report()
    {
        Promtool.Require();
        FillEverything();

        string output = await Promtool.CheckMetricsAsync(PrometheusText.Write(Collect()));

        Assert.Empty(output);
    }

    [Fact]
    public async Task Promtool_reads_whatever_is_in_a_label()
    {
        Promtool.Require();
        MetricFamily family = new(
            "backupmodule_x", "X.", [new MetricSample([new MetricLabel("policy", "ä\"\\\n{},= \t#")], 1)]);

        Assert.Empty(await Promtool.CheckMetricsAsync(PrometheusText.Write([family])));
    }

    [Fact]
    public void No_two_values_of_a_metric_have_the_same_labels_and_the_order_is_fixed()
    {
        FillEverything();
        string text = PrometheusText.Write(Collect());
        string[] series = [.. text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#')
            .Select(static line => line[..line.LastIndexOf(' ')])];

        Assert.Equal(series.Length, series.Distinct().Count());
        Assert.Equal(text, PrometheusText.Write(Collect()));
    }

    [Fact]
    public void Every_metric_there_is_is_in_a_full_report()
    {
        FillEverything();

        Assert.Equal(
            MetricName.All.Select(static metric => metric.Name).Order(StringComparer.Ordinal),
            Collect().Select(static family => family.Name));
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        // No run, no check, no volume.
        string[] names = [.. Collect().Select(static family => family.Name["backupmodule_".Length..])];

        Assert.Contains("rpo_target_seconds", names);
        Assert.DoesNotContain("rpo_current_seconds", names);
        Assert.DoesNotContain("recovery_point_newest_timestamp_seconds", names);
        Assert.DoesNotContain("job_last_success_timestamp_seconds", names);
        Assert.DoesNotContain("job_source_bytes", names);
        Assert.DoesNotContain("policy_size_trend_ratio", names);
        Assert.DoesNotContain("verify_damaged", names);
        Assert.DoesNotContain("repository_volume_free_bytes", names);
        Assert.DoesNotContain("copy_lag_seconds", names);
    }

    [Fact]
    public void A_disabled_policy_expects_nothing()
    {
        FillEverything();
        _watched.Settings = _watched.Settings with { Enabled = false };

        Assert.DoesNotContain(Collect(), static family => family.Name.Contains("expected_interval", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_are_what_happened()
    {
        FillEverything();

        Assert.Equal(_watched.Now.AddHours(-3).ToUnixTimeSeconds(), Value("recovery_point_newest_timestamp_seconds"));
        Assert.Equal(3 * 3600, Value("rpo_current_seconds"));
        Assert.Equal(86_400, Value("rpo_target_seconds"));
        Assert.Equal(1, Value("rpo_met"));
        Assert.Equal(31, Value("job_recent_runs", "{kind=\"backup\",policy=\"shop\",result=\"ok\"}"));
        Assert.Equal(0, Value("job_recent_runs", "{kind=\"backup\",policy=\"shop\",result=\"failed\"}"));
        Assert.Equal(1, Value("alert_active", "{entry=\"daily\",kind=\"schedule_overdue\",level=\"warning\",policy=\"shop\"}"));
        Assert.Equal(1, Value("alert_active", "{kind=\"storage_low\",level=\"critical\",repository=\"main\"}"));
        Assert.Equal(0, Value("alerts_open", "{level=\"info\"}"));
        Assert.Equal(24 * 3600, Value("copy_lag_seconds"));
    }

    [Fact]
    public void Json_holds_the_same_values()
    {
        FillEverything();
        using JsonDocument json = JsonDocument.Parse(MetricJson.Write(Collect(), _watched.Now));

        Assert.Equal(_watched.Now, json.RootElement.GetProperty("collectedAt").GetDateTimeOffset());
        string[] written =
        [
            .. from metric in json.RootElement.GetProperty("metrics").EnumerateArray()
               from sample in metric.GetProperty("samples").EnumerateArray()
               select $"{metric.GetProperty("name").GetString()} {sample.GetProperty("value").GetDouble()} "
                   + string.Join(",", sample.GetProperty("labels").EnumerateObject().Select(static label => label.ToString())),
        ];
        string[] expected =
        [
            .. from family in Collect()
               from sample in family.Samples
               select $"{family.Name} {sample.Value} "
                   + string.Join(",", sample.Labels.Select(static label => $"\"{label.Name}\": \"{label.Value}\"")),
        ];
        Assert.Equal(expected, written);
    }

    [Fact]
    public void A_file_is_replaced_whole_and_everybody_may_read_it()
    {
        using TemporaryFolder folder = new();
        MetricFile.Write(folder["backup.prom"], "old\n");
        using FileStream reader = File.OpenRead(folder["backup.prom"]);
        MetricFile.Write(folder["backup.prom"], "new\n");

        Assert.Equal("old\n", new StreamReader(reader).ReadToEnd());
        Assert.Equal("new\n", File.ReadAllText(folder["backup.prom"]));
        Assert.Equal([folder["backup.prom"]], Directory.GetFiles(folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(folder["backup.prom"]));
        }
    }

    [Fact]
    public void A_file_in_no_folder_cannot_be_written()
    {
        using TemporaryFolder folder = new();

        BackupException failure = Assert.Throws<BackupException>(
            () => MetricFile.Write(folder["nowhere/backup.prom"], "x\n"));

        Assert.Equal(BackupErrorKind.StorageObjectNotFound, failure.Kind);
        Assert.Contains(folder["nowhere"], failure.Guidance, StringComparison.Ordinal);
    }

    private IReadOnlyList<MetricFamily> Collect() =>
        MetricCollector.Collect(StatusCalculator.Calculate(_watched.Facts()));

    private double Value(string name, string? labels = null) => Collect()
        .Single(family => family.Name == "backupmodule_" + name).Samples
        .Single(sample => labels is null || PrometheusText.Format(sample.Labels) == labels).Value;

    private void FillEverything()
    {
        _watched.AddRepository("offsite");
        _watched.Settings = _watched.Settings with
        {
            CopyTo = ["offsite"],
            Schedule =
            [
                new ScheduleEntry { Name = "daily", Cron = "@daily" },
                new ScheduleEntry { Name = "copy", Job = JobKind.Copy, Cron = "@daily" },
                new ScheduleEntry { Name = "check", Job = JobKind.Verification, Cron = "@weekly", ReadDataShare = 1 },
                new ScheduleEntry { Name = "test", Job = JobKind.RestoreTest, Cron = "@monthly" },
            ],
        };
        for (int day = 0; day <= 30; day++)
        {
            _watched.AddBackup(_watched.Now.AddDays(-day).AddHours(-3).AddMinutes(day == 30 ? 200 : 0), stored: 1000 + day);
        }

        _watched.Timings.Add(new EntryTiming(
            "daily", JobKind.Backup, TimeSpan.FromDays(1), _watched.Now.AddHours(1), _watched.Now.AddHours(-20)));
        _watched.Spaces["main"] = new VolumeSpace(1_000_000, 1_000_000_000);
        _watched.Add(Watched.Run(JobKind.Copy, _watched.Now.AddHours(-20)) with { ScheduleEntry = "copy" });
        _watched.Add(Watched.Run(JobKind.Verification, _watched.Now.AddDays(-2)) with
        {
            ScheduleEntry = "check",
            Figures = new RunFigures { SourceBytes = 5 },
        });
        _watched.Add(Watched.Run(JobKind.RestoreTest, _watched.Now.AddDays(-3)) with { ScheduleEntry = "test" });
        _watched.AddFact("offsite", new RepositoryFact { Kind = RepositoryFactKind.Verified, At = _watched.Now.AddDays(-1) });
        _watched.OpenAlerts.Add(Alert(AlertKind.ScheduleOverdue, Watched.Policy, "daily", AlertSeverity.Warning));
        _watched.OpenAlerts.Add(Alert(AlertKind.StorageLow, null, "main", AlertSeverity.Critical));
    }

    private AlertRecord Alert(AlertKind kind, string? policy, string subject, AlertSeverity severity) => new()
    {
        AlertId = kind.ToString(),
        Kind = kind,
        Severity = severity,
        PolicyName = policy,
        Subject = subject,
        Message = "wrong",
        OpenedAt = _watched.Now,
        SeenAt = _watched.Now,
    };
}
