using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql;

/// <summary>Finds the server's programs: in the folder that the source names, else in those of <c>PATH</c> and where systems
/// keep servers.</summary>
/// <param name="folder">The source's folder; null for none.</param>
/// <param name="isMariaDb">Which server's programs are looked for first.</param>
internal sealed partial class MySqlTools(string? folder, bool isMariaDb)
{
    private static readonly string[] s_serverFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin"];

    /// <summary>Makes dumps.</summary>
    public string Dump => Require("mariadb-dump", "mysqldump", "mariadb-client", "mysql-client");

    /// <summary>Runs statements.</summary>
    public string Client => Require("mariadb", "mysql", "mariadb-client", "mysql-client");

    /// <summary>Reads binary logs.</summary>
    public string Log => Require("mariadb-binlog", "mysqlbinlog", "mariadb-server", "mysql-server");

    /// <summary>The server.</summary>
    public string Server => Require("mariadbd", "mysqld", "mariadb-server", "mysql-server");

    /// <summary>Makes a data directory.</summary>
    public string Installer => Require("mariadb-install-db", "mysql_install_db", "mariadb-server", "mysql-server");

    /// <summary>Copies the files of a running server; MariaDB alone.</summary>
    public string PhysicalBackup => Require("mariadb-backup", "mariabackup", "mariadb-backup", "mariadb-backup");

    /// <summary>The version that a program says of itself, as <c>10.11.19</c>; null where it says none.</summary>
    public static async Task<string?> ReadVersionAsync(string program, CancellationToken cancellationToken)
    {
        string text = await ExternalProgram.RunAsync(
            program, ["--version"], BackupErrorKind.DatabaseToolMissing, cancellationToken).ConfigureAwait(false);
        Match match = DistributionVersion().Match(text);
        return match.Success ? match.Groups[1].Value : null;
    }

    private string Require(string ofMariaDb, string ofMySql, string packageOfMariaDb, string packageOfMySql)
    {
        string[] names = isMariaDb ? [ofMariaDb, ofMySql] : [ofMySql, ofMariaDb];
        IEnumerable<string> folders = folder is not null
            ? [folder]
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(s_serverFolders);
        string ending = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        return names.SelectMany(name => folders.Select(place => Path.Combine(place, name + ending))).FirstOrDefault(File.Exists)
            ?? throw new BackupException(
                BackupErrorKind.DatabaseToolMissing,
                $"The program {names[0]} is not in {folder ?? "the folders of PATH"}.",
                $"Install it (Debian: apt install {(isMariaDb ? packageOfMariaDb : packageOfMySql)}), or name its folder with "
                + "-ToolFolder.")
            {
                Subject = names[0],
            };
    }

    // Programs have versions of their own, of two numbers: mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB.
    [GeneratedRegex(@"(?:Distrib|server|Ver) (\d+\.\d+\.\d+)")]
    private static partial Regex DistributionVersion();
}
