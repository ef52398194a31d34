using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources.Certificates;

namespace BackupModule.Core.Policies;

/// <summary>Looks a policy over: what it says against itself, and against what there is.</summary>
/// <param name="isRepository">True for the name of a registered repository.</param>
/// <param name="isChannel">True for the name of a notification channel.</param>
public sealed class PolicyReview(Func<string, bool> isRepository, Func<string, bool> isChannel)
{
    private static readonly SearchValues<char> s_notInServices = SearchValues.Create("'\"\\$`\n ");

    /// <summary>Everything worth saying about a policy, errors first.</summary>
    public IReadOnlyList<PolicyFinding> Review(EffectivePolicy policy) =>
    [
        .. Name(policy)
            .Concat(Repositories(policy))
            .Concat(Components(policy))
            .Concat(Databases(policy))
            .Concat(Rules(policy))
            .Concat(Bounds(policy))
            .Concat(Health(policy))
            .Concat(Schedule(policy))
            .Concat(Retention(policy))
            .Concat(Channels(policy))
            .Concat(Digest(policy))
            .OrderByDescending(static finding => finding.IsError),
    ];

    private static IEnumerable<PolicyFinding> Name(EffectivePolicy policy) =>
        Catch(nameof(policy.Name), () => NameRule.Validate(policy.Name, "policy"));

    private IEnumerable<PolicyFinding> Repositories(EffectivePolicy policy)
    {
        if (policy.RepositoryName is null && !policy.Policy.IsDefault)
        {
            yield return Error(
                nameof(PolicySettings.RepositoryName), "No repository is named.", "Name one with -RepositoryName.");
        }

        foreach (string name in policy.Repositories.Where(name => !isRepository(name)))
        {
            yield return Error(
                name == policy.RepositoryName ? nameof(PolicySettings.RepositoryName) : nameof(PolicySettings.CopyTo),
                $"No repository is registered under the name '{name}'.",
                "List the names with Get-BackupRepository; make one with New-BackupRepository.");
        }

        foreach (string name in policy.CopyTo.GroupBy(static name => name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1
                || group.Key.Equals(policy.RepositoryName, StringComparison.OrdinalIgnoreCase))
            .Select(static group => group.Key))
        {
            yield return Error(
                nameof(PolicySettings.CopyTo),
                $"The repository '{name}' is named more than once.",
                "A copy belongs into another repository than the backup.");
        }

        foreach (PolicyFinding finding in policy.Merged.PasswordReference is { } reference
            ? Catch(nameof(PolicySettings.PasswordReference), () => SecretReference.Parse(reference))
            : [])
        {
            yield return finding;
        }
    }

    private static IEnumerable<PolicyFinding> Components(EffectivePolicy policy)
    {
        const string Setting = nameof(PolicySettings.Components);
        foreach (PolicyComponent component in policy.Components)
        {
            if (component.IsEmpty)
            {
                yield return Error(
                    Setting, $"The component {component.Component} names nothing.", "Name paths, or leave the component out.");
            }

            foreach (string path in component.Paths)
            {
                if (!Path.IsPathFullyQualified(path))
                {
                    yield return Error(Setting, $"'{path}' is not an absolute path.", "Write the path from the root.");
                }
                else if (!Path.Exists(path))
                {
                    yield return Warning(
                        Setting, $"'{path}' of the component {component.Component} does not exist.", "Check the spelling.");
                }
            }

            foreach (PolicyFinding finding in component.CertificateStores
                .SelectMany(static store => Catch(Setting, () => CertificateStoreReader.Parse(store))))
            {
                yield return finding;
            }
        }

        foreach (PolicyFinding finding in Nested(policy))
        {
            yield return finding;
        }
    }

    // What is left out when the outer component is restored would hold what belongs to it.
    private static IEnumerable<PolicyFinding> Nested(EffectivePolicy policy)
    {
        (BackupComponent Component, string Path)[] all =
            [.. policy.Components.SelectMany(static part => part.Paths.Select(path => (part.Component, path)))];
        foreach ((BackupComponent component, string path) in all)
        {
            (BackupComponent Component, string Path)[] between =
                [.. all.Where(item => item.Component != component && ComponentPaths.IsBelow(path, item.Path))];
            foreach ((BackupComponent other, string middle) in between)
            {
                if (all.Any(item => item.Component == component && ComponentPaths.IsBelow(middle, item.Path)))
                {
                    yield return Error(
                        nameof(PolicySettings.Components),
                        $"'{path}' of {component} lies within '{middle}' of {other}, which lies within {component} again.",
                        "Give the inner path to the component around it.");
                }
            }
        }
    }

    private static IEnumerable<PolicyFinding> Databases(EffectivePolicy policy)
    {
        const string Setting = nameof(PolicySettings.Components);
        foreach (PolicyComponent component in policy.Components.Where(static part =>
            part.Databases.Count > 0 && part.Component != BackupComponent.Database))
        {
            yield return Error(
                Setting,
                $"The component {component.Component} names databases.",
                $"They belong to the component {BackupComponent.Database}; -Database puts them there.");
        }

        foreach (PolicyFinding finding in policy.Databases.SelectMany(static database =>
            Catch(Setting, () => DatabaseRules.Validate(database))))
        {
            yield return finding;
        }

        // A name is a folder in the backup, and another folder of the log.
        foreach (string name in policy.Databases.GroupBy(static database => database.Name, StringComparer.OrdinalIgnoreCase)
            .Where(static group => group.Count() > 1).Select(static group => group.Key))
        {
            yield return Error(
                Setting, $"Two database sources have the name '{name}'.", "Give each a name of its own; case makes no difference.");
        }
    }

    private static IEnumerable<PolicyFinding> Rules(EffectivePolicy policy) =>
        Catch(nameof(PolicySettings.Exclude), () => _ = new ExcludeRules(policy.Exclude with { PatternFiles = [] }))
            .Concat(policy.Components.SelectMany(static component => Catch(
                nameof(PolicySettings.Components),
                () => _ = new ExcludeRules(new ExcludeOptions { Patterns = component.Exclude }))))
            .Concat((policy.Merged.RequiredFiles ?? []).Where(path => !policy.Components.Any(component =>
                    component.Paths.Any(known => known == path || ComponentPaths.IsBelow(path, known))))
                .Select(static path => Error(
                    nameof(PolicySettings.RequiredFiles),
                    $"The required file '{path}' is not below any path of the policy.",
                    "Name a file that the policy backs up, or add its folder.")));

    private static IEnumerable<PolicyFinding> Bounds(EffectivePolicy policy)
    {
        PolicySettings settings = policy.Merged;
        if (settings.CompressionLevel is < 1 or > 22)
        {
            yield return Error(
                nameof(PolicySettings.CompressionLevel), "The compression level is not between 1 and 22.", "3 is usual.");
        }

        if (settings.ExpectedSize is { } size && (size.Minimum < 0 || size.Maximum < 0 || size.Minimum > size.Maximum))
        {
            yield return Error(
                nameof(PolicySettings.ExpectedSize),
                "The expected size has a minimum above its maximum, or below zero.",
                "Give -MinimumSize and -MaximumSize in this order.");
        }

        if (policy.Targets.Point <= TimeSpan.Zero || policy.Targets.Time <= TimeSpan.Zero)
        {
            yield return Error(
                nameof(PolicySettings.RecoveryTargets), "A recovery target is not longer than no time.", "Give times such as 1h.");
        }

        foreach (PolicyHook hook in policy.Hooks.Where(static hook =>
            hook.TimeLimit <= TimeSpan.Zero || string.IsNullOrWhiteSpace(hook.Command)))
        {
            yield return Error(
                nameof(PolicySettings.Hooks),
                $"The hook {hook.Stage} has no command, or no time to run it.",
                "Give a command and a time limit such as 10m.");
        }

        foreach (RestartAction action in (settings.Restart ?? []).Where(static action =>
            action.Service?.AsSpan().ContainsAny(s_notInServices) == true))
        {
            yield return Error(
                nameof(PolicySettings.Restart), $"'{action.Service}' is no name of a service.", "List them with systemctl or sc query.");
        }

        foreach (RestartAction _ in (settings.Restart ?? []).Where(static action => action.Service is null == action.Command is null))
        {
            yield return Error(
                nameof(PolicySettings.Restart), "What to restart is neither a service nor a command.", "Name one of them.");
        }

        foreach (RestartAction action in (settings.Restart ?? []).Where(static action => action.StopsBefore && action.Service is null))
        {
            yield return Error(
                nameof(PolicySettings.Restart),
                $"Only services can be stopped before a restore, and '{action.Command}' is a command.",
                "Name a service, or stop what it starts with a hook PreRestore.");
        }
    }

    private static IEnumerable<PolicyFinding> Health(EffectivePolicy policy) =>
        (policy.Merged.HealthChecks ?? [])
            .SelectMany(static check => Catch(nameof(PolicySettings.HealthChecks), () => HealthCheck.Parse(check)))
            .Concat(policy.Merged.HealthCheckTimeout <= TimeSpan.Zero
                ?
                [
                    Error(
                        nameof(PolicySettings.HealthCheckTimeout),
                        "The time for health checks is not longer than no time.",
                        "Give a time such as 1m with -HealthCheckTimeout."),
                ]
                : []);

    private static IEnumerable<PolicyFinding> Schedule(EffectivePolicy policy) =>
        ScheduleReview.Examine(policy.Schedule, policy.Targets.Point, TimeZoneInfo.Local).Select(static finding =>
            new PolicyFinding(finding.IsError, nameof(PolicySettings.Schedule), finding.Message, finding.Guidance));

    private static IEnumerable<PolicyFinding> Digest(EffectivePolicy policy) =>
        policy.Merged.NotifyMode == NotificationMode.Digest
            && policy.Schedule.All(static entry => entry.Job != JobKind.Report)
                ?
                [
                    Warning(
                        nameof(PolicySettings.NotifyMode),
                        "Outcomes are gathered for a report, and the schedule has none.",
                        "Add one such as 'report=0 7 * * *' to -Schedule, which names all entries."),
                ]
                : [];

    private static IEnumerable<PolicyFinding> Retention(EffectivePolicy policy) =>
        Catch(nameof(PolicySettings.Retention), () => policy.Merged.Retention!.Validate())
            .Concat(policy.Merged.CopyRetention!.SelectMany(static pair =>
                Catch(nameof(PolicySettings.CopyRetention), () => pair.Value.Validate())))
            .Concat(policy.Merged.CopyRetention!.Keys
                .Where(name => !policy.CopyTo.Contains(name, StringComparer.OrdinalIgnoreCase))
                .Select(static name => Error(
                    nameof(PolicySettings.CopyRetention),
                    $"There is retention for copies in '{name}', and the policy has no copies there.",
                    "Name the repository with -CopyTo, or leave its rules out.")));

    private IEnumerable<PolicyFinding> Channels(EffectivePolicy policy) =>
        (policy.Merged.NotifyChannels ?? []).Where(name => !isChannel(name)).Select(static name => Error(
            nameof(PolicySettings.NotifyChannels),
            $"There is no notification channel named '{name}'.",
            "List them with Get-BackupNotification; make one with New-BackupNotification."));

    private static IEnumerable<PolicyFinding> Catch(string setting, Action check)
    {
        try
        {
            check();
            return [];
        }
        catch (BackupException failure)
        {
            return [Error(setting, failure.Message, failure.Guidance ?? string.Empty)];
        }
    }

    private static PolicyFinding Error(string setting, string message, string guidance) =>
        new(IsError: true, setting, message, guidance);

    private static PolicyFinding Warning(string setting, string message, string guidance) =>
        new(IsError: false, setting, message, guidance);
}
