using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scanning.Patterns;
using BackupModule.Core.Sources.Certificates;
using BackupModule.Core.Sources.Environment;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Policies.Contents;

/// <summary>Looks up what a policy's backup will hold.</summary>
public sealed class PolicyCollector
{
    private const string EnvironmentFolder = "environment";
    private const string CertificateFolder = "certificates";

    private readonly EffectivePolicy _policy;
    private readonly List<(BackupComponent Component, string Path)> _paths = [];
    private readonly List<GeneratedFile> _generated = [];
    private readonly List<DatabaseDefinition> _databases = [];
    private readonly List<string> _variables = [];
    private readonly List<string> _excludes = [];
    private readonly List<BackupException> _failures = [];
    private readonly IBackupObserver _observer;

    private PolicyCollector(EffectivePolicy policy, IBackupObserver observer)
    {
        _policy = policy;
        _observer = observer;
    }

    /// <summary>Looks the policy's paths, variables and certificates up. What is missing is among the failures; a backup of
    /// the rest can be made.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: the policy names nothing to back up; <c>SourceNotFound</c>:
    /// nothing of it is there.</exception>
    public static PolicyContents Collect(EffectivePolicy policy, IBackupObserver observer)
    {
        PolicyCollector collector = new(policy, observer);
        foreach (PolicyComponent component in policy.Components)
        {
            collector.AddPaths(component);
            collector.AddCertificates(component);
            collector.AddDatabases(component);
        }

        collector.AddVariables();

        return collector.Finish();
    }

    private void AddPaths(PolicyComponent component)
    {
        List<string> there = [];
        foreach (string path in component.Paths)
        {
            // A link that leads nowhere is there, too.
            if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
            {
                there.Add(path);
            }
            else
            {
                _failures.Add(new BackupException(
                    BackupErrorKind.SourceNotFound,
                    $"'{path}' of the component {component.Component} does not exist.",
                    $"Correct the policy with Set-BackupPolicy {_policy.Name}, or bring the path back.")
                {
                    Subject = path,
                });
            }
        }

        IReadOnlyList<string> linked = LinkedPaths.Find(there, component.Component is BackupComponent.Configuration
            or BackupComponent.Certificates or BackupComponent.Environment);
        if (linked.Count > 0)
        {
            _observer.OnDecision($"Links of the component {component.Component} lead to {string.Join(", ", linked)}.");
        }

        _paths.AddRange(there.Concat(linked).Select(path => (component.Component, path)));
        _excludes.AddRange(component.Exclude.SelectMany(pattern => Anchor(pattern, component.Paths)));
    }

    // A component's patterns hold below its own paths only.
    private static IEnumerable<string> Anchor(string pattern, IReadOnlyList<string> paths) =>
        Path.IsPathRooted(pattern) || pattern.StartsWith('!')
            ? [pattern]
            : paths.Select(path => $"{PathPatternText.Escape(path.TrimEnd('/'))}/**/{pattern}");

    private void AddVariables()
    {
        string[] patterns = [.. _policy.Components.SelectMany(static component => component.Variables)];
        if (patterns.Length == 0)
        {
            return;
        }

        KeyValuePair<string, string>[] chosen =
        [
            .. EnvironmentCapture.ReadVariables().Where(variable =>
                patterns.Any(pattern => NamePattern.Matches(pattern, variable.Key))),
        ];
        foreach (string name in patterns.Where(pattern =>
            !pattern.AsSpan().ContainsAny('*', '?') && !chosen.Any(variable => NamePattern.Matches(pattern, variable.Key))))
        {
            _failures.Add(new BackupException(
                BackupErrorKind.SourceNotFound,
                $"The environment variable '{name}' is not set.",
                "Set it for the process that runs the backup, or take it out of the policy.")
            {
                Subject = name,
            });
        }

        _variables.AddRange(chosen.Select(static variable => variable.Key));
        Generate(BackupComponent.Environment, $"{EnvironmentFolder}/{_policy.Name}.env", EnvironmentCapture.Encode(chosen));
    }

    private void AddCertificates(PolicyComponent component)
    {
        foreach (string store in component.CertificateStores)
        {
            try
            {
                foreach (StoredCertificate certificate in CertificateStoreReader.Read(store))
                {
                    AddCertificate(component.Component, store.Replace('\\', '/'), certificate);
                }
            }
            catch (BackupException failure)
            {
                _failures.Add(failure);
            }
        }
    }

    private void AddCertificate(BackupComponent component, string store, StoredCertificate certificate)
    {
        string name = $"{CertificateFolder}/{store}/{certificate.Thumbprint}";
        Generate(component, $"{name}.cer", certificate.Certificate);
        if (certificate.KeyAndCertificate is { } withKey)
        {
            Generate(component, $"{name}.pfx", withKey);
        }
        else if (certificate.HasPrivateKey)
        {
            _observer.OnWarning(
                $"The private key of '{certificate.Subject}' in {store} cannot be exported, so the backup has the certificate alone.");
        }
    }

    private void AddDatabases(PolicyComponent component)
    {
        _databases.AddRange(component.Databases);
        _paths.AddRange(component.Databases.Select(database => (component.Component, DatabasePaths.Of(database.Name))));
    }

    private void Generate(BackupComponent component, string name, ReadOnlyMemory<byte> content)
    {
        GeneratedFile file = new(name, content);
        _generated.Add(file);
        _paths.Add((component, file.Path));
    }

    private PolicyContents Finish()
    {
        string[] paths = [.. _paths.Select(static item => item.Path).Where(static path => !GeneratedFile.IsPlaceOf(path)).Distinct()];
        if (paths.Length + _generated.Count + _databases.Count == 0)
        {
            throw _failures.Count > 0
                ? _failures[0]
                : new BackupException(
                    BackupErrorKind.PolicyInvalid,
                    $"The policy '{_policy.Name}' names nothing to back up.",
                    $"Name files or databases with Set-BackupPolicy {_policy.Name} -Path, -CodePath, -Database and the like.")
                {
                    Subject = _policy.Name,
                };
        }

        ExcludeOptions exclude = _policy.Exclude;
        return new PolicyContents
        {
            Paths = paths,
            Exclude = exclude with { Patterns = [.. exclude.Patterns, .. _excludes] },
            Components = ComponentPaths.Divide(_paths),
            Generated = _generated,
            Databases = _databases,
            Variables = [.. _variables.Distinct().Order(StringComparer.Ordinal)],
            Failures = _failures,
        };
    }
}
