using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Programs;

/// <summary>A program of the server, such as <c>pg_dump</c>, on this machine.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Its version, as <c>15.18</c>.</param>
internal sealed partial record ServerProgram(string Path, string Version)
{
    /// <summary>The first part of its version.</summary>
    public int Major => MajorOf(Version);

    /// <summary>The first number of a version, as of <c>15.18</c> and <c>19beta1</c>; 0 where there is none.</summary>
    public static int MajorOf(string version) =>
        int.TryParse(LeadingDigits().Match(version).ValueSpan, CultureInfo.InvariantCulture, out int major) ? major : 0;

    /// <summary>Finds a program that is new enough; see <see cref="FindAllAsync"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">The folder that it must be in; null to look for it.</param>
    /// <param name="leastMajor">The oldest version that will do.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>.</exception>
    public static async Task<ServerProgram> FindAsync(
        string name, string? folder, int leastMajor, CancellationToken cancellationToken)
    {
        List<ServerProgram> tooOld = [];
        await foreach (ServerProgram found in FindAllAsync(name, folder, cancellationToken).ConfigureAwait(false))
        {
            if (found.Major >= leastMajor)
            {
                return found;
            }

            tooOld.Add(found);
        }

        string place = folder is null ? "on this machine" : $"in '{folder}'";
        throw new BackupException(
            BackupErrorKind.DatabaseToolMissing,
            tooOld.Count == 0
                ? $"The program {name} of PostgreSQL {leastMajor} or newer is not {place}."
                : $"The program {name} of PostgreSQL {leastMajor} or newer is needed; {place} there is {tooOld[0].Version} ({tooOld[0].Path}).",
            $"Install the package postgresql-client-{leastMajor} or a newer one, or name its folder with -ToolFolder.")
        {
            Subject = name,
        };
    }

    /// <summary>Finds a program in all its versions: in the folder that is named, else where packages put it, newest first, and in
    /// the PATH.</summary>
    public static async IAsyncEnumerable<ServerProgram> FindAllAsync(
        string name, string? folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string path in Candidates(name, folder).Where(File.Exists))
        {
            if (await ReadVersionAsync(path, cancellationToken).ConfigureAwait(false) is { } version)
            {
                yield return new ServerProgram(path, version);
            }
        }
    }

    private static IEnumerable<string> Candidates(string name, string? folder)
    {
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        if (folder is not null)
        {
            return [System.IO.Path.Join(folder, file)];
        }

        IEnumerable<string> packages = OperatingSystem.IsWindows()
            ? Versions(System.IO.Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*")
            : Versions("/usr/lib/postgresql", "*").Concat(Versions("/usr", "pgsql-*"));
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return packages.Concat(path).Select(place => System.IO.Path.Join(place, file));
    }

    // Folders named after versions, such as /usr/lib/postgresql/15 and /usr/pgsql-15.
    private static IEnumerable<string> Versions(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, pattern)
            .Select(static place => (Place: place, Number: Digits().Match(System.IO.Path.GetFileName(place))))
            .Where(static item => item.Number.Success)
            .OrderByDescending(static item => int.Parse(item.Number.Value, CultureInfo.InvariantCulture))
            .Select(static item => System.IO.Path.Join(item.Place, "bin"))
        : [];

    private static async Task<string?> ReadVersionAsync(string path, CancellationToken cancellationToken)
    {
        ProgramResult result = await ProgramRun
            .RunAsync([path, "--version"], new Dictionary<string, string>(), "/", cancellationToken).ConfigureAwait(false);
        return VersionText().Match(string.Join('\n', result.Output)) is { Success: true } match ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d{1,4}(\.\d+)*)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionText();

    [GeneratedRegex(@"^\d{1,4}", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingDigits();

    [GeneratedRegex(@"\d{1,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
