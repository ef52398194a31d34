using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies;

/// <summary>Works out what holds for a policy: each setting is its own if it says so, else that of the policy it is based
/// on, and so on to the default policy and to what is built in.</summary>
public sealed class PolicyResolver
{
    private static readonly PropertyInfo[] s_settings = typeof(PolicySettings).GetProperties();

    private readonly Dictionary<string, BackupPolicy> _policies;

    /// <summary>A resolver among these policies.</summary>
    public PolicyResolver(IEnumerable<BackupPolicy> policies) =>
        _policies = policies.ToDictionary(static policy => policy.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of all settings.</summary>
    public static IReadOnlyList<string> SettingNames { get; } = [.. s_settings.Select(static setting => setting.Name)];

    /// <summary>What holds for the policy of the name.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>; <c>PolicyInvalid</c>: the policies it is based on lead back
    /// to it, or one of them is missing.</exception>
    public EffectivePolicy Resolve(string name) => Resolve(RequireKnown(name));

    /// <summary>The policy of the name.</summary>
    /// <exception cref="BackupException"><c>PolicyNotFound</c>.</exception>
    public BackupPolicy RequireKnown(string name) => _policies.TryGetValue(name, out BackupPolicy? policy)
        ? policy
        : throw new BackupException(
            BackupErrorKind.PolicyNotFound,
            $"There is no policy named '{name}'.",
            _policies.Count > 0
                ? $"There are: {string.Join(", ", _policies.Keys.Order(StringComparer.OrdinalIgnoreCase))}."
                : "Make one with New-BackupPolicy.")
        {
            Subject = name,
        };

    /// <summary>What holds for a policy, which need not be among the others.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>.</exception>
    public EffectivePolicy Resolve(BackupPolicy policy)
    {
        List<BackupPolicy> chain = FindChain(policy);
        PolicySettings merged = PolicyDefaults.Settings with { };
        List<EffectiveSetting> settings = [];
        foreach (PropertyInfo setting in s_settings)
        {
            BackupPolicy? origin = chain.Find(link => setting.GetValue(link.Settings) is not null);
            if (origin is not null)
            {
                setting.SetValue(merged, setting.GetValue(origin.Settings));
            }

            settings.Add(new EffectiveSetting(setting.Name, setting.GetValue(merged), origin?.Name));
        }

        return new EffectivePolicy(policy, merged, [.. chain.Select(static link => link.Name)], settings);
    }

    /// <summary>The policies, each after those that it is based on.</summary>
    public static IReadOnlyList<BackupPolicy> InOrder(IEnumerable<BackupPolicy> policies)
    {
        List<BackupPolicy> waiting = [.. policies];
        List<BackupPolicy> ordered = [];
        while (waiting.Count > 0)
        {
            // Of policies that are based on each other, any comes first; to resolve them says what is wrong.
            BackupPolicy next = waiting.Find(policy => !waiting.Exists(other =>
                    other != policy && NameOfBase(policy) is { } name && IsSame(name, other.Name)))
                ?? waiting[0];
            waiting.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    private List<BackupPolicy> FindChain(BackupPolicy policy)
    {
        List<BackupPolicy> chain = [policy];
        while (NameOfBase(chain[^1]) is { } name)
        {
            if (chain.Exists(link => IsSame(link.Name, name)))
            {
                throw Invalid(
                    policy,
                    $"The policy '{policy.Name}' is based on itself: "
                        + $"{string.Join(" -> ", chain.Select(static link => link.Name))} -> {name}.",
                    "Have one of them based on another policy.");
            }

            if (!_policies.TryGetValue(name, out BackupPolicy? next))
            {
                // Nobody needs to write down a default policy.
                return IsSame(name, BackupPolicy.DefaultName)
                    ? chain
                    : throw Invalid(
                        policy,
                        $"The policy '{chain[^1].Name}' is based on the policy '{name}', which does not exist.",
                        $"Make it with New-BackupPolicy, or base '{chain[^1].Name}' on another one.");
            }

            chain.Add(next);
        }

        return chain;
    }

    private static string? NameOfBase(BackupPolicy policy) =>
        policy.BasedOn ?? (policy.IsDefault ? null : BackupPolicy.DefaultName);

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static BackupException Invalid(BackupPolicy policy, string message, string guidance) =>
        new(BackupErrorKind.PolicyInvalid, message, guidance) { Subject = policy.Name };
}
