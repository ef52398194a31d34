using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Monitoring.Notifications.Channels;
using BackupModule.Core.Policies;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that says how notifications are sent. Each kind has a parameter set of its own, named as the parameter
/// that says where its messages go.</summary>
public abstract class NotificationSettingsCommand : NotificationCommand
{
    private protected const string SmtpSet = nameof(Smtp);
    private const string WebhookSet = nameof(Webhook);
    private const string SlackSet = nameof(Slack);
    private const string TeamsSet = nameof(Teams);
    private const string DiscordSet = nameof(Discord);
    private const string NtfySet = nameof(Ntfy);
    private const string PingSet = nameof(Ping);
    private const string SyslogSet = nameof(Syslog);
    private const string EventLogSet = nameof(EventLog);

    /// <summary>The name of the mail server.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SmtpSet)]
    [ValidateNotNullOrEmpty]
    public string Smtp { get; set; } = string.Empty;

    /// <summary>The mail server's port, where it is not the usual one of <see cref="SmtpSecurity"/>.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>How the connection with the mail server is encrypted; <c>StartTls</c> if not given.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    public SmtpSecurity? SmtpSecurity { get; set; }

    /// <summary>The sender's address.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    public string? From { get; set; }

    /// <summary>The receivers' addresses.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    public string[]? To { get; set; }

    /// <summary>The name to log in with.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    public string? UserName { get; set; }

    /// <summary>Where the password is found: <c>env:NAME</c>, <c>file:PATH</c>, <c>command:PROGRAM ARGS</c> or
    /// <c>vault:VAULT/NAME</c>.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    public string? Password { get; set; }

    /// <summary>The address that requests are sent to, or where it is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = WebhookSet)]
    [ValidateNotNullOrEmpty]
    public string Webhook { get; set; } = string.Empty;

    /// <summary>The method of the request; <c>POST</c> if not given.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    [ValidateSet("POST", "PUT", "PATCH")]
    public string? Method { get; set; }

    /// <summary>The content with placeholders such as <c>{{title}}</c>; a JSON object of everything if not given.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    public string? Template { get; set; }

    /// <summary>What kind of content the template makes; <c>application/json</c> if not given.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    public string? ContentType { get; set; }

    /// <summary>Further headers; values may be references: <c>@{ Authorization = 'Bearer env:TOKEN' }</c>.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    public IDictionary? Header { get; set; }

    /// <summary>Where the key is found that requests are signed with.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    public string? SigningKey { get; set; }

    /// <summary>Where the address of the Slack webhook is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SlackSet)]
    [ValidateNotNullOrEmpty]
    public string Slack { get; set; } = string.Empty;

    /// <summary>Where the address of the Teams workflow is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TeamsSet)]
    [ValidateNotNullOrEmpty]
    public string Teams { get; set; } = string.Empty;

    /// <summary>Where the address of the Discord webhook is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DiscordSet)]
    [ValidateNotNullOrEmpty]
    public string Discord { get; set; } = string.Empty;

    /// <summary>The address of the ntfy server with the topic, or where it is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NtfySet)]
    [ValidateNotNullOrEmpty]
    public string Ntfy { get; set; } = string.Empty;

    /// <summary>Where the access token of the ntfy server is found.</summary>
    [Parameter(ParameterSetName = NtfySet)]
    public string? Token { get; set; }

    /// <summary>The address of the check that is pinged, or where it is found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PingSet)]
    [ValidateNotNullOrEmpty]
    public string Ping { get; set; } = string.Empty;

    /// <summary>The system log: <c>local</c>, the path of a socket, <c>udp://HOST:PORT</c> or <c>tcp://HOST:PORT</c>.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = SyslogSet)]
    [ValidateNotNullOrEmpty]
    public string Syslog { get; set; } = string.Empty;

    /// <summary>Writes to the event log of Windows.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EventLogSet)]
    public SwitchParameter EventLog { get; set; }

    /// <summary>The source that events are written under; <c>BackupModule</c> if not given.</summary>
    [Parameter(ParameterSetName = EventLogSet)]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>The proxy for requests.</summary>
    [Parameter(ParameterSetName = WebhookSet)]
    [Parameter(ParameterSetName = SlackSet)]
    [Parameter(ParameterSetName = TeamsSet)]
    [Parameter(ParameterSetName = DiscordSet)]
    [Parameter(ParameterSetName = NtfySet)]
    [Parameter(ParameterSetName = PingSet)]
    public Uri? Proxy { get; set; }

    /// <summary>A PEM file of certificate authorities to trust besides the system's.</summary>
    [Parameter(ParameterSetName = SmtpSet)]
    [Parameter(ParameterSetName = WebhookSet)]
    [Parameter(ParameterSetName = SlackSet)]
    [Parameter(ParameterSetName = TeamsSet)]
    [Parameter(ParameterSetName = DiscordSet)]
    [Parameter(ParameterSetName = NtfySet)]
    [Parameter(ParameterSetName = PingSet)]
    public string? CertificateAuthority { get; set; }

    /// <summary>The least severity that is told.</summary>
    [Parameter]
    public AlertSeverity? MinimumSeverity { get; set; }

    /// <summary>The policies whose events are told: names, or patterns with <c>*</c> and <c>?</c>.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [SupportsWildcards]
    public string[]? PolicyName { get; set; }

    /// <summary>The events that are told.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public NotificationEvent[]? Event { get; set; }

    /// <summary>Which outcomes are told, unless a policy says otherwise.</summary>
    [Parameter]
    public NotificationMode? Mode { get; set; }

    /// <summary>Sends nothing for now.</summary>
    [Parameter]
    public SwitchParameter Disabled { get; set; }

    /// <summary>What the parameters that were given make of a channel. An empty text or list takes a setting back.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    private protected async Task<NotificationChannel> ChangeAsync(NotificationChannel channel) => channel with
    {
        Target = await ChangeAsync(channel.Target).ConfigureAwait(false),
        Route = channel.Route with
        {
            MinimumSeverity = MinimumSeverity ?? channel.Route.MinimumSeverity,
            Policies = PolicyName ?? channel.Route.Policies,
            Events = Event ?? channel.Route.Events,
        },
        Mode = Mode ?? channel.Mode,
        IsEnabled = MyInvocation.BoundParameters.ContainsKey(nameof(Disabled)) ? !Disabled : channel.IsEnabled,
    };

    /// <summary>A target of the kind that the parameters are for, without its settings; null where they are for none.
    /// </summary>
    private protected ChannelTarget? EmptyTarget() => ParameterSetName switch
    {
        SmtpSet => new SmtpTarget { Host = Smtp, From = string.Empty, To = [] },
        WebhookSet => new WebhookTarget { Url = Webhook },
        SlackSet => new SlackTarget { Url = Slack },
        TeamsSet => new TeamsTarget { Url = Teams },
        DiscordSet => new DiscordTarget { Url = Discord },
        NtfySet => new NtfyTarget { Url = Ntfy },
        PingSet => new PingTarget { Url = Ping },
        SyslogSet => new SyslogTarget { Place = Syslog },
        EventLogSet => new EventLogTarget(),
        _ => null,
    };

    private async Task<ChannelTarget> ChangeAsync(ChannelTarget target)
    {
        string? authorities = CertificateAuthority is { Length: > 0 } file
            ? await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, file)).ConfigureAwait(false)
            : CertificateAuthority;
        return target switch
        {
            _ when EmptyTarget() is null => target,
            SmtpTarget smtp => Change(smtp) with { AuthorityFile = Changed(authorities, smtp.AuthorityFile) },
            WebTarget web => Change(web) with
            {
                Proxy = Proxy ?? web.Proxy,
                AuthorityFile = Changed(authorities, web.AuthorityFile),
            },
            SyslogTarget syslog => syslog with { Place = Syslog },
            EventLogTarget eventLog => eventLog with { Source = Source ?? eventLog.Source },
            _ => target,
        };
    }

    private SmtpTarget Change(SmtpTarget target) => target with
    {
        Host = Smtp,
        Port = Port ?? target.Port,
        Security = SmtpSecurity ?? target.Security,
        From = From ?? target.From,
        To = To ?? target.To,
        UserName = Changed(UserName, target.UserName),
        PasswordReference = Changed(Password, target.PasswordReference),
    };

    private WebTarget Change(WebTarget target) => target switch
    {
        WebhookTarget webhook => webhook with
        {
            Url = Webhook,
            Method = Method?.ToUpperInvariant() ?? webhook.Method,
            Template = Changed(Template, webhook.Template),
            ContentType = ContentType ?? webhook.ContentType,
            Headers = Header is null ? webhook.Headers : ReadHeaders(Header),
            SigningKeyReference = Changed(SigningKey, webhook.SigningKeyReference),
        },
        SlackTarget slack => slack with { Url = Slack },
        TeamsTarget teams => teams with { Url = Teams },
        DiscordTarget discord => discord with { Url = Discord },
        NtfyTarget ntfy => ntfy with { Url = Ntfy, TokenReference = Changed(Token, ntfy.TokenReference) },
        PingTarget ping => ping with { Url = Ping },
        _ => target,
    };

    private static Dictionary<string, string> ReadHeaders(IDictionary headers) => headers.Keys.Cast<object>().ToDictionary(
        static key => Convert.ToString(key, CultureInfo.InvariantCulture) ?? string.Empty,
        key => Convert.ToString(headers[key], CultureInfo.InvariantCulture) ?? string.Empty,
        StringComparer.OrdinalIgnoreCase);

    private static string? Changed(string? given, string? old) => given is null ? old : given.Length > 0 ? given : null;
}
