using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases.MySql.Physical;

/// <summary>Streams the files of a running MariaDB server, as mariadb-backup hands them out.</summary>
/// <param name="access">The source.</param>
/// <param name="server">The server.</param>
/// <param name="session">A connection to it, which the backup closes.</param>
internal sealed class MySqlPhysicalBackup(DatabaseAccess access, MySqlServer server, MySqlSession session) : IDatabaseBackup
{
    private static readonly string[] s_positionFiles = ["mariadb_backup_binlog_info", "xtrabackup_binlog_info"];

    private DatabaseFacts? _facts;

    /// <inheritdoc/>
    public string Path => DatabasePaths.Of(access.Definition.Name);

    /// <inheritdoc/>
    public DatabaseFacts Facts => _facts ?? throw new InvalidOperationException("The server has not been streamed.");

    /// <inheritdoc/>
    public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
    {
        DateTimeOffset begun = await session.ReadClockAsync(cancellationToken).ConfigureAwait(false);
        using PrivateFolder folder = new();
        MySqlTools tools = new(access.Definition.ToolFolder, session.IsMariaDb);
        ExternalProgram program = ExternalProgram.Start(
            tools.PhysicalBackup,
            [
                MySqlOptionFile.Write(folder, server.Settings, session.IsMariaDb), "--backup", "--stream=xbstream",
                $"--target-dir={folder.Path}", $"--tmpdir={folder.Path}",
            ]);
        await using (program.ConfigureAwait(false))
        {
            program.Input.Close();
            XbStreamSplitter files = new(writer, folder);
            InvalidDataException? broken = null;
            try
            {
                await files.RunAsync(program.Output, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException)
            {
                broken = failure as InvalidDataException ?? new InvalidDataException("The stream ends too early.", failure);
                await program.Output.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            }

            int code = await program.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (code != 0 || broken is not null || files.Files.Count == 0
                || !program.Complaints.Any(static line => line.Contains(PreparedFolder.Success, StringComparison.Ordinal)))
            {
                throw MySqlErrors.Translate(
                    program,
                    server.Address,
                    $"failed (exit code {code}{(broken is null ? string.Empty : $"; {broken.Message}")})",
                    BackupErrorKind.DatabaseBackupFailed);
            }

            // It stands for a moment before its end, at which the program held commits back.
            DateTimeOffset at = await session.ReadClockAsync(cancellationToken).ConfigureAwait(false);
            string[] position = s_positionFiles.Select(files.ReadInformation).OfType<string>().FirstOrDefault(string.Empty)
                .Trim().Split('\t');
            _facts = new DatabaseFacts
            {
                Name = access.Definition.Name,
                Engine = DatabaseEngine.MySql,
                Mode = DatabaseMode.Physical,
                ServerVersion = session.Version,
                SourceId = position.Length >= 2
                    ? await session.ReadSourceIdAsync(cancellationToken).ConfigureAwait(false)
                    : null,
                StartedAt = begun,
                ConsistentAt = at,
                MySql = new MySqlFacts(
                    session.IsMariaDb,
                    position.Length >= 2 ? position[0] : null,
                    position.Length >= 2 ? long.Parse(position[1], CultureInfo.InvariantCulture) : 0,
                    position.Length >= 3 ? position[2] : null,
                    Sections: []),
            };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();
}
