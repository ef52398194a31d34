using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Databases;
using BackupModule.Core.Policies;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class PolicyReviewTests
{
    private static readonly PolicySettings s_good = new()
    {
        RepositoryName = "main",
        Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = [Path.GetTempPath().TrimEnd('/')] }],
    };

    private static readonly DatabaseDefinition s_database = new()
    {
        Name = "main", Engine = DatabaseEngine.PostgreSql, ConnectionString = "Host=db", PasswordReference = "env:PGPASSWORD",
    };

    [Fact]
    public void A_policy_of_databases_alone_has_no_errors() => Assert.DoesNotContain(
        Review(WithDatabases(BackupComponent.Database, s_database, s_database with { Name = "dumps", Mode = DatabaseMode.Logical })),
        static finding => finding.IsError);

    [Fact]
    public void A_sensible_policy_has_no_errors() => Assert.DoesNotContain(Review(s_good), static finding => finding.IsError);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_setting(string setting, string words, PolicySettings settings)
    {
        PolicyFinding finding = Assert.Single(Review(settings), static finding => finding.IsError);

        Assert.Equal(setting, finding.Setting);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Guidance);
    }

    public static TheoryData<string, string, PolicySettings> Mistakes() => new()
    {
        { nameof(PolicySettings.RepositoryName), "No repository is named", s_good with { RepositoryName = null } },
        { nameof(PolicySettings.RepositoryName), "'mian'", s_good with { RepositoryName = "mian" } },
        { nameof(PolicySettings.CopyTo), "'nowhere'", s_good with { CopyTo = ["nowhere"] } },
        { nameof(PolicySettings.CopyTo), "more than once", s_good with { CopyTo = ["MAIN"] } },
        { nameof(PolicySettings.NotifyChannels), "'pager'", s_good with { NotifyChannels = ["pager"] } },
        { nameof(PolicySettings.CompressionLevel), "1 and 22", s_good with { CompressionLevel = 40 } },
        { nameof(PolicySettings.ExpectedSize), "minimum above", s_good with { ExpectedSize = new SizeRange(10, 5) } },
        { nameof(PolicySettings.PasswordReference), "secret", s_good with { PasswordReference = "hunter2" } },
        {
            nameof(PolicySettings.Components), "not an absolute path",
            s_good with { Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = ["var/www"] }] }
        },
        {
            nameof(PolicySettings.Components), "names nothing",
            s_good with { Components = [new PolicyComponent { Component = BackupComponent.Uploads }] }
        },
        {
            nameof(PolicySettings.Components), "Two database sources have the name",
            WithDatabases(BackupComponent.Database, s_database, s_database with { Name = "MAIN" })
        },
        {
            nameof(PolicySettings.Components), "is a password",
            WithDatabases(BackupComponent.Database, s_database with { ConnectionString = "Host=db;Password=hunter2" })
        },
        {
            nameof(PolicySettings.Components), "no backups of the mode",
            WithDatabases(
                BackupComponent.Database, s_database with { Engine = DatabaseEngine.SqlServer, Mode = DatabaseMode.Logical, ConnectionString = "Server=db" })
        },
        { nameof(PolicySettings.Components), "component Code names databases", WithDatabases(BackupComponent.Code, s_database) },
        {
            nameof(PolicySettings.Components), "which lies within Code again",
            s_good with
            {
                Components =
                [
                    new PolicyComponent { Component = BackupComponent.Code, Paths = ["/srv/a", "/srv/a/b/c"] },
                    new PolicyComponent { Component = BackupComponent.Uploads, Paths = ["/srv/a/b"] },
                ],
            }
        },
        {
            nameof(PolicySettings.RequiredFiles), "/etc/passwd",
            s_good with { RequiredFiles = ["/etc/passwd"] }
        },
        {
            nameof(PolicySettings.Schedule), "minute",
            s_good with { Schedule = [new ScheduleEntry { Name = "hourly", Kind = BackupKind.Hourly, Cron = "61 * * * *" }] }
        },
        {
            nameof(PolicySettings.Hooks), "no command",
            s_good with { Hooks = [new PolicyHook { Stage = HookStage.PreBackup, Command = " " }] }
        },
        { nameof(PolicySettings.HealthChecks), "'localhost/health' is no address", s_good with { HealthChecks = ["localhost/health"] } },
        { nameof(PolicySettings.HealthCheckTimeout), "no time", s_good with { HealthCheckTimeout = TimeSpan.Zero } },
        { nameof(PolicySettings.Restart), "neither", s_good with { Restart = [new RestartAction()] } },
        { nameof(PolicySettings.Restart), "Only services can be stopped", s_good with { Restart = [new RestartAction(Command: "go", StopsBefore: true)] } },
        { nameof(PolicySettings.Restart), "no name of a service", s_good with { Restart = [new RestartAction("x'; rm -rf /")] } },
    };

    [Fact]
    public void A_path_that_does_not_exist_is_worth_a_warning()
    {
        PolicyFinding finding = Assert.Single(
            Review(s_good with
            {
                Components = [new PolicyComponent { Component = BackupComponent.Code, Paths = ["/no/such/path"] }],
            }),
            static finding => finding.Setting == nameof(PolicySettings.Components));

        Assert.False(finding.IsError);
        Assert.Contains("/no/such/path", finding.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<PolicyFinding> Review(PolicySettings settings) =>
        new PolicyReview(
                static name => name.Equals("main", StringComparison.OrdinalIgnoreCase), static name => name == "mail")
            .Review(new PolicyResolver([]).Resolve(new BackupPolicy { Name = "shop", Settings = settings }));

    private static PolicySettings WithDatabases(BackupComponent component, params DatabaseDefinition[] databases) =>
        s_good with { Components = [new PolicyComponent { Component = component, Databases = databases }] };
}
