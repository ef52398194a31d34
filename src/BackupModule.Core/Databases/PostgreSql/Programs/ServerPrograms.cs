using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Programs;

/// <summary>The programs of an installed server, and the user of the operating system that may run it: the server does not run
/// as root.</summary>
/// <param name="folder">Where the programs are.</param>
/// <param name="userName">The user; null for the one of this process.</param>
internal sealed class ServerPrograms(string folder, string? userName)
{
    private const string ServerUser = "postgres";

    private static readonly Dictionary<string, string> s_noVariables = [];

    /// <summary>The user that runs the server and owns its files; null for the one of this process.</summary>
    public string? UserName => userName;

    /// <summary>Finds the programs of a version.</summary>
    /// <param name="toolFolder">Where to look first; null for the usual places.</param>
    /// <param name="version">The version that made the files: its major number must be the same.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>, <c>PlatformUnsupported</c>.</exception>
    public static async Task<ServerPrograms> FindAsync(
        string? toolFolder, string version, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                "A PostgreSQL server's files cannot be recovered on Windows by this module.",
                "Restore on Linux with the same version of PostgreSQL.");
        }

        int major = ServerProgram.MajorOf(version);
        await foreach (ServerProgram server in ServerProgram.FindAllAsync("postgres", toolFolder, cancellationToken).ConfigureAwait(false))
        {
            if (server.Major == major)
            {
                return new ServerPrograms(Path.GetDirectoryName(server.Path)!, Environment.IsPrivilegedProcess ? ServerUser : null);
            }
        }

        throw new BackupException(
            BackupErrorKind.DatabaseToolMissing,
            $"The programs of PostgreSQL {major} are not on this machine, and files of that version can be recovered by no other.",
            $"Install them (on Debian: apt install postgresql-{major}), or say where they are with -ToolFolder.")
        {
            Subject = version,
        };
    }

    /// <summary>True if the program is there.</summary>
    public bool Has(string program) => File.Exists(Path.Join(folder, program));

    /// <summary>The command that runs a program as the server's user.</summary>
    public IReadOnlyList<string> Command(string program, params IEnumerable<string> arguments) => userName is null
        ? [Path.Join(folder, program), .. arguments]
        : ["setpriv", $"--reuid={userName}", $"--regid={userName}", "--init-groups", "--", Path.Join(folder, program), .. arguments];

    /// <summary>Runs a program as the server's user.</summary>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>.</exception>
    public Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string workingFolder, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(Command(program, arguments), Home(workingFolder), workingFolder, cancellationToken);

    /// <summary>Gives files and all below them to the server's user.</summary>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>.</exception>
    public async Task GiveAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (userName is null)
        {
            return;
        }

        ProgramResult result = await ProgramRun.RunAsync(
            ["chown", "-R", "-h", string.Create(CultureInfo.InvariantCulture, $"{userName}:"), "--", .. paths],
            s_noVariables,
            "/",
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseRestoreFailed,
                $"The files could not be given to the user '{userName}', who runs the server: {result.Describe()}",
                "Install PostgreSQL's server, which makes the user, or run the restore as the user that is to own the files.");
        }
    }

    // The home of whoever called is nobody else's business.
    private static Dictionary<string, string> Home(string folder) => new() { ["HOME"] = folder };
}
