using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies.Manifest;

/// <summary>Picks components out of a policy's backup.</summary>
public static class ComponentSelection
{
    /// <summary>The patterns that pick the components; <see cref="BackupComponent.Files"/> stands for all but databases.
    /// </summary>
    /// <exception cref="BackupException"><c>ItemNotFound</c>: the backup does not have one of them.</exception>
    public static (IReadOnlyList<string> Include, IReadOnlyList<string> Exclude) Select(
        BackupManifest manifest, IReadOnlyCollection<BackupComponent> wanted)
    {
        BackupComponent[] there = [.. manifest.Components.Select(static item => item.Component).Distinct()];
        foreach (BackupComponent component in wanted)
        {
            if (!Array.Exists(there, item => Fits(component, item)))
            {
                throw new BackupException(
                    BackupErrorKind.ItemNotFound,
                    $"The backup of the policy '{manifest.PolicyName}' has no component {component}.",
                    $"It has: {string.Join(", ", there)}.")
                {
                    Subject = component.ToString(),
                };
            }
        }

        return ComponentPaths.Select(manifest.Components, item => wanted.Any(component => Fits(component, item)));
    }

    private static bool Fits(BackupComponent wanted, BackupComponent item) =>
        wanted == item || (wanted == BackupComponent.Files && item != BackupComponent.Database);
}
