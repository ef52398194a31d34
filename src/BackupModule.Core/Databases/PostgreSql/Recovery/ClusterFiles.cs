using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>The files of a restored data directory that are changed before its server starts.</summary>
/// <param name="folder">The data directory.</param>
internal sealed class ClusterFiles(string folder)
{
    private const string TablespaceMap = "tablespace_map";
    private const string TablespaceLinks = "pg_tblspc";
    private const string Settings = "postgresql.conf";
    private const string OwnSettings = "postgresql.auto.conf";
    private const string Rules = "pg_hba.conf";
    private const string Users = "pg_ident.conf";
    private const string RecoverySignal = "recovery.signal";

    /// <summary>Points the links of tablespaces to where they are.</summary>
    /// <param name="places">Places by tablespaces' numbers.</param>
    public void LinkTablespaces(IReadOnlyDictionary<string, string> places)
    {
        foreach ((string oid, string place) in places)
        {
            string link = Path.Join(folder, TablespaceLinks, oid);
            File.Delete(link);
            File.CreateSymbolicLink(link, place);
        }
    }

    /// <summary>Tells the server where tablespaces are: at its first start, it makes the links anew.</summary>
    /// <param name="places">Places by tablespaces' numbers.</param>
    public void MapTablespaces(IReadOnlyDictionary<string, string> places)
    {
        if (places.Count > 0)
        {
            // Of a place, the server wants line ends and backslashes escaped.
            string map = string.Concat(places.Select(static place =>
                $"{place.Key} {place.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\\n", StringComparison.Ordinal)}\n"));
            File.WriteAllText(Path.Join(folder, TablespaceMap), map, new UTF8Encoding(false));
        }
    }

    /// <summary>Makes the server recover at its next start.</summary>
    public void RequestRecovery() => File.WriteAllBytes(Path.Join(folder, RecoverySignal), []);

    /// <summary>Gives the server settings and rules where its own are not among its files, as on Debian.</summary>
    /// <returns>True if it had none.</returns>
    public async Task<bool> AddMissingSettingsAsync(CancellationToken cancellationToken)
    {
        bool isMissing = !File.Exists(Path.Join(folder, Settings));
        await AddAsync(Settings, "# The server's own settings were not among its files; these are the usual ones.\n").ConfigureAwait(false);
        await AddAsync(
            Rules,
            "# The server's own rules were not among its files.\n"
            + "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n").ConfigureAwait(false);
        await AddAsync(Users, string.Empty).ConfigureAwait(false);
        return isMissing;

        Task AddAsync(string name, string content)
        {
            string path = Path.Join(folder, name);
            return File.Exists(path)
                ? Task.CompletedTask
                : File.WriteAllTextAsync(path, content, new UTF8Encoding(false), cancellationToken);
        }
    }

    /// <summary>Makes the server one of its own: another port, this machine only, and nothing into the archive or to the
    /// standbys of the server that it is a copy of.</summary>
    public Task MakeIndependentAsync(int port, string socketFolder, CancellationToken cancellationToken) => File.AppendAllTextAsync(
        Path.Join(folder, OwnSettings),
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # A restored copy keeps out of the way of the server that it is a copy of.
            port = {port}
            listen_addresses = '127.0.0.1'
            unix_socket_directories = '{Escape(socketFolder)}'
            data_directory = '{Escape(folder)}'
            hba_file = '{Escape(Path.Join(folder, Rules))}'
            ident_file = '{Escape(Path.Join(folder, Users))}'
            external_pid_file = ''
            archive_mode = off
            archive_command = ''
            primary_conninfo = ''
            primary_slot_name = ''
            synchronous_standby_names = ''
            ssl = off
            logging_collector = off
            """) + "\n",
        new UTF8Encoding(false),
        cancellationToken);

    private static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
