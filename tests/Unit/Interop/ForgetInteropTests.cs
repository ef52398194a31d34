using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Retention;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>What retention keeps, judged by <c>restic forget</c> on the same repository.</summary>
public sealed class ForgetInteropTests : IDisposable
{
    private const string Guarded = "the last good backup of ";

    private static readonly string[] s_zones =
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/UTC", "Australia/Lord_Howe", "Pacific/Apia"];

    private readonly RepositoryFixture _fixture = new();

    public ForgetInteropTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(1, "Europe/Berlin")]
    [InlineData(2, "America/New_York")]
    [InlineData(3, "Etc/UTC")]
    public async Task Any_rules_keep_the_same_of_any_histories(int seed, string zone)
    {
        Random random = new(seed);
        Repository repository = await _fixture.CreateAsync();
        List<Snapshot> snapshots = [];
        for (int i = 0; i < 20; i++)
        {
            snapshots.AddRange(await SaveHistoryAsync(repository, random, $"web{i}"));
        }

        for (int i = 0; i < 12; i++)
        {
            (RetentionRules rules, string[] arguments) = RandomRules(random);
            HashSet<ObjectId> expected = await ForgottenAsync(zone, ["--group-by", "host,paths", .. arguments]);
            AssertSame(expected, Plan(snapshots, rules, zone), arguments);
            AssertSame(expected, Plan(snapshots, WithRotations(rules), zone), arguments);
        }
    }

    [Fact]
    public async Task Backups_of_a_policy_are_one_group()
    {
        Random random = new(4);
        Repository repository = await _fixture.CreateAsync();
        List<Snapshot> snapshots = [];
        for (int i = 0; i < 4; i++)
        {
            snapshots.AddRange(await SaveHistoryAsync(repository, random, $"web{i}", "policy:shop"));
        }

        for (int i = 0; i < 8; i++)
        {
            (RetentionRules rules, string[] arguments) = RandomRules(random);
            HashSet<ObjectId> expected = await ForgottenAsync("Europe/Berlin", ["--group-by", "", .. arguments]);
            AssertSame(expected, Plan(snapshots, rules, "Europe/Berlin"), arguments);
        }
    }

    // Clocks are set back in Berlin on the third day.
    [Fact]
    public async Task A_schedule_is_thinned_out_day_by_day_as_restic_would()
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Repository repository = await _fixture.CreateAsync();
        Snapshot template = await new HandMadeBackup(repository).SaveAsync();
        await repository.Snapshots.RemoveAsync(template.Id, default);
        RetentionRules rules = new() { KeepHourly = 12, KeepDaily = 4, KeepWeekly = 2, KeepWithinHourly = CalendarDuration.Parse("1d") };
        string[] arguments = ["--keep-hourly", "12", "--keep-daily", "4", "--keep-weekly", "2", "--keep-within-hourly", "1d"];
        int removed = 0;
        DateTimeOffset start = new(2025, 10, 23, 22, 5, 0, TimeSpan.Zero);
        for (int hour = 0; hour < 6 * 24; hour++)
        {
            await repository.Snapshots.SaveAsync(
                template with { Time = FileTimestamp.FromDateTimeOffset(TimeZoneInfo.ConvertTime(start.AddHours(hour), zone)) },
                default);
            if (hour % 24 == 23)
            {
                HashSet<ObjectId> expected = await ForgottenAsync(zone.Id, ["--group-by", "", .. arguments]);
                RetentionRunner runner = new(repository, TimeProvider.System, _fixture.Observer);
                RetentionPlan plan = Plan(
                    await repository.Snapshots.ListAllAsync(default), rules, zone.Id) with { RepositoryId = repository.Config.Id };
                RetentionResult result = await runner.RunAsync(plan, new RetentionRunOptions { IgnoreObjections = true }, default);

                removed += result.Removed.Count;
                Assert.Equal(expected.Order(), result.Removed.Select(static snapshot => snapshot.Id).Order());
                Assert.Empty(await ForgottenAsync(zone.Id, ["--group-by", "", .. arguments]));
            }
        }

        Assert.InRange(removed, 100, 6 * 24);
    }

    private static async Task<List<Snapshot>> SaveHistoryAsync(
        Repository repository, Random random, string host, params string[] common)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(s_zones[random.Next(s_zones.Length)]);
        int[] steps = [600, 3600, 7 * 3600, 86_400, 9 * 86_400, 40 * 86_400];
        int step = steps[random.Next(steps.Length)];

        // Some histories are all in one zone, others of a machine that travels; some reach into the future.
        bool travels = random.Next(4) == 0;
        long time = new DateTimeOffset(2025, random.Next(2) == 0 ? 3 : 10, 24, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        if (random.Next(8) == 0)
        {
            time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - (20L * step);
        }

        List<Snapshot> history = [];
        int count = random.Next(1, 60);
        for (int i = 0; i < count; i++)
        {
            time += 1 + (random.Next(5) == 0 ? random.Next(step * 4) : random.Next(step));
            string[] tags = [.. common, .. ((string[])["a", "b", "c"]).Where(_ => random.Next(4) == 0)];
            FileTimestamp made = FileTimestamp.FromUnix(
                time,
                random.Next(1_000_000_000),
                travels ? TimeZoneInfo.FindSystemTimeZoneById(s_zones[random.Next(s_zones.Length)]) : zone);
            history.Add(await repository.Snapshots.SaveAsync(
                new Snapshot
                {
                    Time = made,
                    Tree = ObjectId.Hash("no tree is read"u8),
                    Paths = ["/srv", "/etc"],
                    HostName = host,
                    Tags = tags.Length > 0 ? tags : null,
                },
                default));
        }

        return history;
    }

    private static (RetentionRules Rules, string[] Arguments) RandomRules(Random random)
    {
        List<string> arguments = [];
        int Count(string option)
        {
            int count = random.Next(3) == 0 ? random.Next(1, 9) : 0;
            arguments.AddRange(count > 0 ? [option, count.ToString(CultureInfo.InvariantCulture)] : []);
            return count;
        }

        CalendarDuration? Duration(string option)
        {
            string[] units = ["y", "m", "d", "h"];
            string text = string.Concat(units.Where(_ => random.Next(3) == 0).Select(unit => $"{random.Next(1, unit == "h" ? 50 : unit == "d" ? 40 : 4)}{unit}"));
            if (random.Next(5) > 0 || text.Length == 0)
            {
                return null;
            }

            arguments.AddRange([option, text]);
            return CalendarDuration.Parse(text);
        }

        string[][] tags = [["a"], ["b", "c"], [""]];
        string[][] chosen = [.. tags.Where(_ => random.Next(6) == 0)];
        arguments.AddRange(chosen.SelectMany(list => (string[])["--keep-tag", string.Join(',', list)]));
        RetentionRules rules = new()
        {
            KeepLast = Count("--keep-last"),
            KeepHourly = Count("--keep-hourly"),
            KeepDaily = Count("--keep-daily"),
            KeepWeekly = Count("--keep-weekly"),
            KeepMonthly = Count("--keep-monthly"),
            KeepYearly = Count("--keep-yearly"),
            KeepWithin = Duration("--keep-within"),
            KeepWithinHourly = Duration("--keep-within-hourly"),
            KeepWithinDaily = Duration("--keep-within-daily"),
            KeepWithinWeekly = Duration("--keep-within-weekly"),
            KeepWithinMonthly = Duration("--keep-within-monthly"),
            KeepWithinYearly = Duration("--keep-within-yearly"),
            KeepTags = chosen,
        };
        return arguments.Count > 0 ? (rules, [.. arguments]) : RandomRules(random);
    }

    // What a rotation rule says of one hour, day, week, month or year is what restic knows by other names.
    private static RetentionRules WithRotations(RetentionRules rules)
    {
        (CalendarUnit Unit, CalendarDuration? Duration)[] all =
        [
            (CalendarUnit.Hour, rules.KeepWithinHourly), (CalendarUnit.Day, rules.KeepWithinDaily),
            (CalendarUnit.Week, rules.KeepWithinWeekly), (CalendarUnit.Month, rules.KeepWithinMonthly),
            (CalendarUnit.Year, rules.KeepWithinYearly),
        ];
        return rules with
        {
            KeepWithinHourly = null,
            KeepWithinDaily = null,
            KeepWithinWeekly = null,
            KeepWithinMonthly = null,
            KeepWithinYearly = null,
            Rotations =
            [
                .. all.Where(rule => rule.Duration is not null)
                    .Select(rule => new RotationRule(new CalendarPeriod(1, rule.Unit), rule.Duration!.Value)),
            ],
        };
    }

    private static RetentionPlan Plan(IReadOnlyCollection<Snapshot> snapshots, RetentionRules rules, string zone) =>
        RetentionPlanner.Plan(
            snapshots,
            rules,
            TimeProvider.System.GetUtcNow(),
            new RetentionOptions { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) });

    // The guard of the last good backup is ours alone.
    private static void AssertSame(HashSet<ObjectId> forgotten, RetentionPlan plan, string[] arguments) => Assert.True(
        forgotten.SetEquals(plan.Decisions
            .Where(static decision => !decision.IsKept || decision.Reasons[0].StartsWith(Guarded, StringComparison.Ordinal))
            .Select(static decision => decision.Snapshot.Id)),
        string.Join(' ', arguments));

    private async Task<HashSet<ObjectId>> ForgottenAsync(string zone, params string[] arguments)
    {
        Restic restic = new(_fixture.RepositoryPath, RepositoryFixture.Password)
        {
            Environment = new Dictionary<string, string> { ["TZ"] = zone },
        };
        string json = await restic.RunAsync(["forget", "--dry-run", "--json", .. arguments]);
        using JsonDocument document = JsonDocument.Parse(json.Split('\n')[0]);
        return
        [
            .. document.RootElement.EnumerateArray()
                .Select(static group => group.GetProperty("remove"))
                .Where(static removed => removed.ValueKind == JsonValueKind.Array)
                .SelectMany(static removed => removed.EnumerateArray())
                .Select(static removed => ObjectId.Parse(removed.GetProperty("id").GetString())),
        ];
    }
}
