using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Keys;
using BackupModule.Outputs;

namespace BackupModule.Commands.Keys;

/// <summary>Finds the keys that a user means.</summary>
internal static class KeySearch
{
    /// <summary>The keys whose ids start with one of the prefixes, oldest first; all where there is none. A prefix that
    /// fits no key, or several, is reported and left out.</summary>
    public static async Task<IReadOnlyList<BackupKeyInfo>> ListAsync(
        OpenRepository repository,
        IReadOnlyList<string> idPrefixes,
        IBackupObserver observer,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<RepositoryKey> keys = await new KeyRing(repository.Repository)
            .ListAsync(observer, cancellationToken).ConfigureAwait(false);
        if (idPrefixes.Count == 0)
        {
            return [.. keys.Select(key => BackupKeyInfo.From(key, repository.Name))];
        }

        List<BackupKeyInfo> found = [];
        foreach (string prefix in idPrefixes)
        {
            List<RepositoryKey> matches = [.. keys.Where(key => key.Id.StartsWith(prefix))];
            if (matches.Count == 1)
            {
                found.Add(BackupKeyInfo.From(matches[0], repository.Name));
                continue;
            }

            observer.OnItemFailed(new BackupException(
                BackupErrorKind.KeyNotFound,
                matches.Count == 0 ? $"There is no key '{prefix}'." : $"{matches.Count} keys start with '{prefix}'.",
                matches.Count == 0 ? "Get-BackupKey lists what there is." : "Give more digits of the id.")
            {
                Subject = prefix,
            });
        }

        return found;
    }
}
