using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading.Tasks;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Scale;

/// <summary>The options of a command: <c>--name value</c>, and <c>--name</c> alone for a switch.</summary>
internal sealed class Options
{
    private const string DefaultPassword = "scale";

    private readonly Dictionary<string, string> _values = [];

    public Options(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"'{arguments[i]}' is no option.");
            }

            bool hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[arguments[i][2..]] = hasValue ? arguments[++i] : string.Empty;
        }
    }

    /// <summary>The folder to make or to measure.</summary>
    public string Location =>
        _values.GetValueOrDefault("location") ?? throw new UsageException("--location DIR is missing.");

    // The variable that restic reads, so that both tools open what was made.
    private static byte[] Password =>
        Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("RESTIC_PASSWORD") ?? DefaultPassword);

    public bool Has(string name) => _values.ContainsKey(name);

    public int Number(string name, int standard) =>
        !_values.TryGetValue(name, out string? text) ? standard
            : int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
            : throw new UsageException($"--{name} wants a positive number.");

    public Task<Repository> CreateRepositoryAsync() => Repository.CreateAsync(
        new LocalObjectStore(Location), Password, polynomial: null, new RepositoryOptions(), TimeProvider.System, default);

    public Task<Repository> OpenRepositoryAsync() =>
        Repository.OpenAsync(new LocalObjectStore(Location), Password, new RepositoryOptions(), default);
}
