using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Monitoring.Metrics;
using Xunit;

namespace BackupModule.Tests.Monitoring;

/// <summary>What <c>docs/monitoring.md</c> and the alert rules say is so.</summary>
public sealed partial class MonitoringPageTests
{
    private const string Prefix = "backupmodule_";

    [Fact]
    public void The_page_describes_every_metric_in_the_words_of_its_help_and_no_other()
    {
        string[] described =
        [
            .. MetricRow().Matches(File.ReadAllText(Docs("monitoring.md")))
                .Select(static row => $"{Prefix}{row.Groups["name"].Value}: {row.Groups["help"].Value}"),
        ];

        Assert.Equal(MetricName.All.Select(static metric => $"{metric.Name}: {metric.Help}"), described);
    }

    [Fact]
    public void The_page_has_a_rule_for_every_kind_of_alert()
    {
        string page = File.ReadAllText(Docs("monitoring.md"));

        Assert.All(Enum.GetNames<AlertKind>(), kind => Assert.Contains($"\n| `{kind}` | ", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_rules_and_the_page_name_the_same_alerts()
    {
        string[] rules = [.. RuleName().Matches(File.ReadAllText(Docs("prometheus-alerts.yml")))
            .Select(static match => match.Groups["name"].Value)];
        string page = File.ReadAllText(Docs("monitoring.md"));

        Assert.All(rules, rule => Assert.Contains($"\n| `{rule}` | ", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_rules_use_metrics_that_there_are()
    {
        string[] used = [.. MetricUse().Matches(File.ReadAllText(Docs("prometheus-alerts.yml")))
            .Select(static match => match.Value).Distinct()];

        Assert.NotEmpty(used);
        Assert.Empty(used.Except(MetricName.All.Select(static metric => metric.Name)));
    }

    [Fact]
    public async Task The_rules_are_sound_and_say_what_they_should_of_some_lives_of_a_backup()
    {
        Promtool.Require();
        using TemporaryFolder folder = new();
        File.Copy(Docs("prometheus-alerts.yml"), folder["prometheus-alerts.yml"]);
        File.Copy(Path.Combine(FolderOfThisFile(), "prometheus-alerts.test.yml"), folder["test.yml"]);

        await Promtool.RunAsync("check", "rules", folder["prometheus-alerts.yml"]);
        await Promtool.RunAsync("test", "rules", folder["test.yml"]);
    }

    private static string Docs(string name) => Path.Combine(FolderOfThisFile(), "..", "..", "..", "docs", name);

    private static string FolderOfThisFile([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| [^|]* \| (?<help>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex RuleName();

    [GeneratedRegex(@"backupmodule_[a-z_]+")]
    private static partial Regex MetricUse();
}
