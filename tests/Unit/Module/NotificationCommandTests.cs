using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;
using BackupModule.Outputs;
using BackupModule.Tests.Monitoring.Notifications;
using BackupModule.Tests.Servers;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class NotificationCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_kind_is_made_and_listed()
    {
        _session.Run(
            """
            $null = New-BackupNotification ops -Smtp mail.example.com -Port 2525 -From b@example.com -To a@example.com, c@example.com -UserName b -Password env:SMTP_PW -CertificateAuthority ca.pem -Mode FailuresOnly
            $null = New-BackupNotification hook -Webhook https://example.com/x -Method put -Template '{{title}}' -ContentType text/plain -Header @{ 'X-Team' = 1; Authorization = 'Bearer env:T' } -SigningKey env:K -Proxy http://proxy:3128
            $null = New-BackupNotification slack -Slack env:SLACK -MinimumSeverity Warning -PolicyName shop*, wiki -Event BackupFailed
            $null = New-BackupNotification teams -Teams env:TEAMS -Mode Digest
            $null = New-BackupNotification discord -Discord env:DISCORD -Disabled
            $null = New-BackupNotification phone -Ntfy https://ntfy.sh/topic -Token env:N
            $null = New-BackupNotification ping -Ping https://hc-ping.com/x
            $null = New-BackupNotification log -Syslog local
            """);
        Assert.Empty(_session.Errors);

        List<BackupNotificationInfo> all = [.. _session.Run("Get-BackupNotification").Cast<BackupNotificationInfo>()];

        Assert.Equal(
            ["discord", "hook", "log", "ops", "phone", "ping", "slack", "teams"], all.Select(one => one.Name));
        SmtpTarget smtp = (SmtpTarget)all[3].Target;
        Assert.Equal(
            ("mail.example.com", 2525, "b", "env:SMTP_PW", "a@example.com, c@example.com", NotificationMode.FailuresOnly),
            (smtp.Host, smtp.Port, smtp.UserName, smtp.PasswordReference, all[3].Address, all[3].Mode));
        Assert.True(Path.IsPathFullyQualified(smtp.AuthorityFile!));
        WebhookTarget hook = (WebhookTarget)all[1].Target;
        Assert.Equal(("PUT", "1", "Bearer env:T"), (hook.Method, hook.Headers["X-Team"], hook.Headers["Authorization"]));
        Assert.Equal(["shop*", "wiki"], all[6].PolicyName);
        Assert.Equal([NotificationEvent.BackupFailed], all[6].Event);
        Assert.False(all[0].IsEnabled);
        Assert.Equal(
            [
                NotificationEvent.BackupStarted, NotificationEvent.BackupSucceeded, NotificationEvent.BackupWarning,
                NotificationEvent.BackupFailed,
            ],
            all[5].Event);
    }

    [Fact]
    public void Settings_change_one_by_one_and_are_taken_back()
    {
        _session.One("New-BackupNotification ops -Smtp mail -From b@example.com -To a@example.com -UserName b -Password env:P");
        _session.One("New-BackupNotification chat -Slack env:SLACK -PolicyName shop -Event BackupFailed");

        Assert.Empty(_session.Run("Set-BackupNotification * -MinimumSeverity Critical"));
        BackupNotificationInfo changed = _session.One(
            "Set-BackupNotification ops -Smtp mail2 -To z@example.com -UserName '' -Password '' -NewName mail -PassThru");
        SmtpTarget target = (SmtpTarget)changed.Target;
        Assert.Equal(
            ("mail", "mail2", "b@example.com", "z@example.com", null, null),
            (changed.Name, target.Host, target.From, changed.Address, target.UserName, target.PasswordReference));
        Assert.Equal("Critical", changed.MinimumSeverity.ToString());
        BackupNotificationInfo open = _session.One(
            "Get-BackupNotification chat | Set-BackupNotification -PolicyName @() -Event @() -Disabled -PassThru");
        Assert.Equal((0, 0, false, "env:SLACK"), (open.PolicyName.Length, open.Event.Length, open.IsEnabled, open.Address));
        Assert.True(_session.One("Set-BackupNotification chat -Disabled:$false -PassThru").IsEnabled);

        _session.AssertFails("InvalidArgument", "Set-BackupNotification chat -Smtp mail");
        _session.AssertFails("InvalidArgument", "Set-BackupNotification * -NewName one");
        _session.AssertFails("NotificationExists", "Set-BackupNotification chat -NewName MAIL");
        _session.AssertFails("NotificationNotFound", "Set-BackupNotification nothing -Disabled");
    }

    [Theory]
    [InlineData("InvalidArgument", "New-BackupNotification a -Slack https://hooks.slack.com/services/hunter22")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Smtp mail -From b@example.com -To a@example.com -UserName b -Password hunter22")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Smtp mail -To a@example.com")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Webhook https://u:hunter22@example.com")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Webhook https://example.com -Header @{ 'X-Token' = 'hunter22' }")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Webhook https://example.com -Template '{\"a\": \"{{tilte}}\"}'")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Ping https://hc-ping.com/x -Mode Digest")]
    [InlineData("InvalidArgument", "New-BackupNotification a -Syslog somewhere")]
    [InlineData("InvalidArgument", "New-BackupNotification 'a b' -Syslog local")]
    [InlineData("NotificationExists", "New-BackupNotification OPS -Syslog local")]
    [InlineData("PlatformUnsupported", "New-BackupNotification a -EventLog")]
    [InlineData("AmbiguousParameterSet", "New-BackupNotification a -Syslog local -Slack env:X")]
    [InlineData("NotificationNotFound", "Get-BackupNotification nothing")]
    [InlineData("NotificationNotFound", "Test-BackupNotification nothing")]
    [InlineData("NotificationNotFound", "Remove-BackupNotification nothing")]
    public void Wrong_input_is_refused_and_changes_nothing(string errorId, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && errorId == "PlatformUnsupported", "is of other systems");
        _session.One("New-BackupNotification ops -Syslog local");

        ErrorRecord error = _session.Fails(script);

        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Exception.ToString(), StringComparison.Ordinal);
        Assert.Equal("ops", _session.One("Get-BackupNotification").Name);
    }

    [Fact]
    public void WhatIf_makes_changes_and_removes_nothing()
    {
        _session.Run("New-BackupNotification ops -Syslog local -WhatIf");
        Assert.Empty(_session.Run("Get-BackupNotification"));
        _session.One("New-BackupNotification ops -Syslog local");

        _session.Run("Set-BackupNotification ops -Disabled -WhatIf; Remove-BackupNotification * -WhatIf");

        Assert.True(_session.One("Get-BackupNotification ops").IsEnabled);
        Assert.Empty(_session.Run("Get-BackupNotification | Remove-BackupNotification"));
        Assert.Empty(_session.Errors);
        Assert.Empty(_session.Run("Get-BackupNotification"));
    }

    [Fact]
    public void A_test_shows_what_was_answered_and_secrets_come_from_vaults_too()
    {
        using WebServer server = new();
        _session.Set("url", server.Address.ToString());
        _session.Run(
            """
            function global:Get-Secret { [CmdletBinding()] param($Vault, $Name) "$($url)hook" }
            $null = New-BackupNotification good -Slack vault:team/slack -MinimumSeverity Critical -Disabled
            $null = New-BackupNotification bad -Slack env:NOT_SET_ANYWHERE
            """);
        Assert.Empty(_session.Errors);

        NotificationTestInfo good = _session.One("Test-BackupNotification good");
        Assert.Equal(("good", true, "HTTP 200: ok", 1), (good.Name, good.Passed, good.Evidence, good.Attempts));
        Assert.Equal("✅ Test of the notification good", (string?)Assert.Single(server.Requests).Json["text"]);
        NotificationTestInfo bad = _session.One("Get-BackupNotification bad | Test-BackupNotification");
        Assert.False(bad.Passed);
        Assert.Contains("NOT_SET_ANYWHERE", bad.Evidence, StringComparison.Ordinal);
        Assert.NotEmpty(bad.NextStep!);

        Assert.Equal(2, _session.Run("Test-BackupNotification").Count);
        Assert.True(_session.One("Test-BackupNotification good -Quiet"));
        Assert.False(_session.One("Get-BackupNotification | Test-BackupNotification -Quiet"));
        _session.Run("Remove-BackupNotification *");
        Assert.False(_session.One("Test-BackupNotification -Quiet"));
    }

    [Fact]
    public void A_test_sends_real_mail()
    {
        using SmtpServer server = new(SmtpSecurity.StartTls);
        using SecretVariable password = new(SmtpServer.Password);
        _session.Set("server", server.Target);
        _session.Set("password", password.Reference);
        _session.One(
            "New-BackupNotification mail -Smtp $server.Host -Port $server.Port -From $server.From -To $server.To "
            + "-UserName user -Password $password -CertificateAuthority $server.AuthorityFile");

        NotificationTestInfo test = _session.One("Test-BackupNotification mail");

        Assert.True(test.Passed, test.Evidence);
        Assert.Contains("Subject: Test of the notification mail", Assert.Single(server.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_completed()
    {
        _session.Run("$null = New-BackupNotification ops -Syslog local; $null = New-BackupNotification other -Syslog local");

        using PowerShell shell = _session.Start(string.Empty);
        string line = "Test-BackupNotification op";

        Assert.Equal(
            ["ops"],
            CommandCompletion.CompleteInput(line, line.Length, null, shell)
                .CompletionMatches.Select(match => match.CompletionText));
    }

    [Fact]
    public void Views_show_where_messages_go_and_what_a_test_found()
    {
        TestHost host = new();
        using ModuleSession session = new(host);
        session.Run(
            """
            $null = New-BackupNotification ops -Slack env:NOT_SET_ANYWHERE -PolicyName shop*
            $null = New-BackupNotification off -Syslog local -Disabled
            Get-BackupNotification | Out-Default
            Test-BackupNotification ops | Out-Default
            """);

        Assert.Empty(session.Errors);
        string shown = Regex.Replace(host.Interface.Shown, @"\e\[[0-9;]*m", string.Empty);
        Assert.Matches(@"(?m)^ops\s+Slack\s+Always\s+Info\s+shop\*\s+env:NOT_SET_ANYWHERE", shown);
        Assert.Matches(@"(?m)^off\s+Syslog\s+nothing \(disabled\)\s+Info\s+all\s+local", shown);
        Assert.Matches(@"(?m)^Passed\s+: False", shown);
        Assert.Matches(@"(?m)^Next step\s+: Set it", shown);
    }

    [Fact]
    public void One_that_cannot_be_read_is_an_error_beside_the_others_and_can_be_removed()
    {
        _session.Run(
            """
            $null = New-BackupNotification broken -Syslog local
            $null = New-BackupNotification ops -Syslog local
            """);
        using (SqliteConnection connection = new($"Data Source={_session["home/catalog.db"]};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE notification_channels SET document = '{}' WHERE name = 'broken'";
            command.ExecuteNonQuery();
        }

        Assert.Equal(["ops"], _session.Run("Get-BackupNotification").Select(one => (string)one.Name));
        _session.AssertErrors("CatalogUnavailable");
        _session.Run("Remove-BackupNotification broken");
        Assert.Empty(_session.Errors);
        Assert.Single(_session.Run("Get-BackupNotification"));
    }
}
