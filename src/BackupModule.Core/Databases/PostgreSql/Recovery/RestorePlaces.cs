using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>Where the files of a server are restored to.</summary>
/// <param name="DataFolder">The data directory.</param>
/// <param name="Tablespaces">Places of tablespaces by their numbers.</param>
/// <param name="SpoolFolder">A folder beside it for files of the log; gone after the restore.</param>
/// <param name="IsInPlace">True if what is there is put aside.</param>
internal sealed record RestorePlaces(
    string DataFolder, IReadOnlyDictionary<string, string> Tablespaces, string SpoolFolder, bool IsInPlace)
{
    private const string AsideSuffix = ".before-restore";

    /// <summary>The data directory and the tablespaces.</summary>
    public IEnumerable<string> All => Tablespaces.Values.Prepend(DataFolder);

    /// <summary>Chooses the places.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, <c>DatabaseUnsuitable</c>: no place is known.</exception>
    public static RestorePlaces Choose(DatabaseRestoreRequest request, DatabaseFacts facts)
    {
        PostgreSqlFacts server = facts.PostgreSql!;
        if (!request.IsInPlace)
        {
            string folder = request.Destination
                ?? throw new BackupException(
                    BackupErrorKind.InvalidArgument, "No folder is named for the restored database.", "Name one with -Destination.");
            string data = Path.Join(folder, facts.Name);
            return new RestorePlaces(
                data, Map(server, request, space => Path.Join(folder, $"{facts.Name}-tablespaces", space.Oid)), data + ".recovery", false);
        }

        string place = server.DataDirectory
            ?? throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The backup does not say where the files of '{facts.Name}' were, so they cannot be restored in place.",
                "Restore with -Destination, and move the folder; for later backups, grant the role pg_monitor.");
        return new RestorePlaces(place, Map(server, request, static space => space.Location), place + ".recovery", true);
    }

    /// <summary>Refuses places that hold something and are not to be restored over.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>.</exception>
    public void RequireRoom()
    {
        if (!IsInPlace && All.FirstOrDefault(HoldsSomething) is { } taken)
        {
            throw new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"The folder '{taken}' is not empty.",
                "Choose another -Destination, or remove the folder: nothing in it is overwritten.")
            {
                Subject = taken,
            };
        }
    }

    /// <summary>Makes empty folders; what was there before is put aside, never removed.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>; <c>DatabaseUnsuitable</c>: the live server runs.</exception>
    public void MakeRoom()
    {
        RequireRoom();
        if (IsInPlace)
        {
            RequireStopped();
        }

        foreach (string folder in All)
        {
            if (HoldsSomething(folder))
            {
                Directory.Move(folder, FreeName(folder + AsideSuffix));
            }

            Directory.CreateDirectory(folder);
        }
    }

    private void RequireStopped()
    {
        if (File.Exists(Path.Join(DataFolder, "postmaster.pid")))
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The server of '{DataFolder}' runs, or was not stopped in good order.",
                "Stop it, and see that postmaster.pid is gone.")
            {
                Subject = DataFolder,
            };
        }
    }

    private static bool HoldsSomething(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    private static string FreeName(string name) =>
        Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? name : $"{name}-{number}")
            .First(static candidate => !Path.Exists(candidate));

    private static Dictionary<string, string> Map(
        PostgreSqlFacts server, DatabaseRestoreRequest request, Func<PostgreSqlTablespace, string> usual) =>
        server.Tablespaces.ToDictionary(
            static space => space.Oid,
            space => request.Tablespaces.GetValueOrDefault(space.Oid)
                ?? request.Tablespaces.GetValueOrDefault(space.Location)
                ?? usual(space));
}
