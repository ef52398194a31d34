using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Notifications.Channels;

namespace BackupModule.Core.Monitoring.Notifications.Notifiers;

/// <summary>Makes the notifier of a target, with its secrets.</summary>
internal sealed class NotifierFactory(ChannelSecrets secrets, TimeProvider time)
{
    /// <exception cref="BackupException"><c>SecretUnavailable</c>; <c>InvalidArgument</c>: a setting cannot be used.
    /// </exception>
    public async Task<INotifier> CreateAsync(ChannelTarget target, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case SmtpTarget smtp:
                return new SmtpNotifier(
                    smtp, await secrets.ReadAsync(smtp.PasswordReference, cancellationToken).ConfigureAwait(false));
            case SyslogTarget syslog:
                return new SyslogNotifier(syslog);
            case EventLogTarget eventLog:
                return new EventLogNotifier(eventLog);
            case WebTarget web:
                Uri url = await secrets.ReadUrlAsync(web, cancellationToken).ConfigureAwait(false);
                return await CreateAsync(web, url, cancellationToken).ConfigureAwait(false);
            default:
                throw new NotSupportedException($"There is no notifier for {target.Kind}.");
        }
    }

    private async Task<INotifier> CreateAsync(WebTarget target, Uri url, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case WebhookTarget webhook:
                string? key = await secrets.ReadAsync(webhook.SigningKeyReference, cancellationToken).ConfigureAwait(false);
                IReadOnlyDictionary<string, string> headers = await ReadHeadersAsync(webhook, cancellationToken)
                    .ConfigureAwait(false);
                return new WebhookNotifier(
                    new HttpSender(target, time), url, webhook, headers, key is null ? null : Encoding.UTF8.GetBytes(key), time);
            case NtfyTarget ntfy:
                string? token = await secrets.ReadAsync(ntfy.TokenReference, cancellationToken).ConfigureAwait(false);
                return new NtfyNotifier(new HttpSender(target, time), url, token);
            case SlackTarget:
                return new SlackNotifier(new HttpSender(target, time), url);
            case TeamsTarget:
                return new TeamsNotifier(new HttpSender(target, time), url);
            case DiscordTarget:
                return new DiscordNotifier(new HttpSender(target, time), url);
            default:
                return new PingNotifier(new HttpSender(target, time), url);
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadHeadersAsync(
        WebhookTarget target, CancellationToken cancellationToken)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in target.Headers)
        {
            headers[name] = WebhookTarget.ReadReference(value) is { } found
                ? found.Word + await secrets.ReadAsync(found.Reference, cancellationToken).ConfigureAwait(false)
                : value;
        }

        return headers;
    }
}
