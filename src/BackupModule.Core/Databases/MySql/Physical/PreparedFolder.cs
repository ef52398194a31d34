using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Physical;

/// <summary>Makes the files of a physical backup, which were copied while they were written, fit each other.</summary>
internal static class PreparedFolder
{
    /// <summary>What the program says last when it has done all of its work; its exit code alone is not enough.</summary>
    public const string Success = "completed OK!";

    /// <summary>Plays the redo log of the backup into its files.</summary>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>, <c>DatabaseRestoreFailed</c>.</exception>
    public static async Task PrepareAsync(MySqlTools tools, string folder, CancellationToken cancellationToken)
    {
        ExternalProgram program = ExternalProgram.Start(tools.PhysicalBackup, ["--no-defaults", "--prepare", $"--target-dir={folder}"]);
        await using (program.ConfigureAwait(false))
        {
            program.Input.Close();
            int code = await program.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (code != 0 || !program.Complaints.Any(static line => line.Contains(Success, System.StringComparison.Ordinal)))
            {
                throw MySqlErrors.Translate(
                    program, folder, $"--prepare failed (exit code {code})", BackupErrorKind.DatabaseRestoreFailed);
            }
        }
    }
}
