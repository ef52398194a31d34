using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using MySqlConnector;

namespace BackupModule.Core.Databases.MySql.Servers;

/// <summary>A server that a restore starts on a data directory of its own, on loopback.</summary>
/// <remarks>The restore uses an account of its own, with a random password, which the server makes as it starts and which is
/// dropped in the end. Where root restores, the server runs as the user mysql, since it refuses to run as root.</remarks>
internal sealed class PrivateServer : IAsyncDisposable
{
    private const string ServerAccount = "mysql";
    private const int LongestSocketPath = 100;
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(10);

    private readonly MySqlTools _tools;
    private readonly TimeProvider _time;
    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private readonly string _account = "restore_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private ExternalProgram? _program;

    /// <summary>A server that is to be.</summary>
    /// <param name="tools">Finds its programs.</param>
    /// <param name="folder">Its data directory.</param>
    /// <param name="port">Its port; null for a free one.</param>
    /// <param name="time">The clock.</param>
    public PrivateServer(MySqlTools tools, string folder, int? port, TimeProvider time)
    {
        _tools = tools;
        _time = time;
        Folder = folder;
        Port = port ?? FindFreePort();
        Endpoint = new MySqlServer(new MySqlConnectionStringBuilder
        {
            Server = IPAddress.Loopback.ToString(),
            Port = (uint)Port,
            UserID = _account,
            Password = _password,
            Pooling = false,
            AllowUserVariables = true,
            TreatTinyAsBoolean = false,
            DefaultCommandTimeout = 0,
            ConnectionTimeout = 5,
        });
    }

    /// <summary>Its data directory.</summary>
    public string Folder { get; }

    /// <summary>Its TCP port.</summary>
    public int Port { get; }

    /// <summary>How it is reached by the restore.</summary>
    public MySqlServer Endpoint { get; }

    /// <summary>The file of its settings, beside the data directory: <c>mariadbd --defaults-file=…</c> starts it again.</summary>
    public string SettingsFile => Folder + ".cnf";

    // A server that starts removes the temporary tables of all others from the folder that it shares with them, those of live ones
    // included.
    private string TemporaryTables => Folder + ".tmp";

    /// <summary>Makes an empty data directory.</summary>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>, <c>DatabaseRestoreFailed</c>.</exception>
    public async Task InstallAsync(bool isMariaDb, CancellationToken cancellationToken)
    {
        await OwnAsync(cancellationToken).ConfigureAwait(false);
        string[] user = Environment.IsPrivilegedProcess ? [$"--user={ServerAccount}"] : [];
        string[] arguments = isMariaDb
            ? ["--no-defaults", .. user, $"--datadir={Folder}", $"--tmpdir={TemporaryTables}", "--skip-test-db", "--auth-root-authentication-method=socket"]
            : ["--no-defaults", .. user, $"--datadir={Folder}", $"--tmpdir={TemporaryTables}", "--initialize"];
        await ExternalProgram.RunAsync(
            isMariaDb ? _tools.Installer : _tools.Server, arguments, BackupErrorKind.DatabaseRestoreFailed, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>, <c>DatabaseRestoreFailed</c>: it does not come up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string statements = Path.Combine(Folder, "restore.init.sql");
        WriteSettings();
        await WriteAccountAsync(statements, cancellationToken).ConfigureAwait(false);
        await OwnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // In a session of its own: Ctrl+C in a terminal is not for it.
            _program = ExternalProgram.Start(
                "setsid", [_tools.Server, $"--defaults-file={SettingsFile}", $"--init-file={statements}"]);
            _program.Input.Close();
            await AwaitAnswerAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(statements);
        }
    }

    /// <summary>Drops the restore's account and lets the server run on.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await DropAccountAsync(stops: false, cancellationToken).ConfigureAwait(false);
        _program!.Detach();
    }

    /// <summary>Drops the restore's account and stops the server.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await DropAccountAsync(stops: true, cancellationToken).ConfigureAwait(false);
        await _program!.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the server, unless it was released.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WriteSettings()
    {
        string socket = Path.Combine(Folder, "server.sock");
        StringBuilder text = new();

        // How the files of a copied server are laid out: it would not open them with other settings.
        string copied = Path.Combine(Folder, "backup-my.cnf");
        if (File.Exists(copied))
        {
            text.Append(CultureInfo.InvariantCulture, $"!include {copied}\n");
        }

        text.Append("[mysqld]\n")
            .Append(CultureInfo.InvariantCulture, $"datadir={Folder}\n")
            .Append(CultureInfo.InvariantCulture, $"tmpdir={TemporaryTables}\n")
            .Append(CultureInfo.InvariantCulture, $"port={Port}\n")
            .Append(CultureInfo.InvariantCulture, $"bind-address={IPAddress.Loopback}\n")
            .Append(CultureInfo.InvariantCulture, $"socket={(socket.Length <= LongestSocketPath ? socket : $"/tmp/restored-{Port}.sock")}\n")
            .Append(CultureInfo.InvariantCulture, $"pid-file={Path.Combine(Folder, "server.pid")}\n")
            .Append(CultureInfo.InvariantCulture, $"log-error={Path.Combine(Folder, "server.log")}\n")
            .Append("skip-log-bin\nmax-allowed-packet=1G\n");
        if (Environment.IsPrivilegedProcess)
        {
            text.Append(CultureInfo.InvariantCulture, $"user={ServerAccount}\n");
        }

        File.WriteAllText(SettingsFile, text.ToString());
    }

    private async Task WriteAccountAsync(string path, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(path, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"CREATE USER '{_account}'@'127.0.0.1' IDENTIFIED BY '{_password}';\n"
                    + $"GRANT ALL PRIVILEGES ON *.* TO '{_account}'@'127.0.0.1' WITH GRANT OPTION;\n"),
                cancellationToken).ConfigureAwait(false);
        }
    }

    // Gives the folders to the account that the server runs as, and closes them to others.
    private async Task OwnAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(TemporaryTables);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(Folder, OwnerAlone);
            File.SetUnixFileMode(TemporaryTables, OwnerAlone);
        }

        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            await ExternalProgram.RunAsync(
                "chown", ["-R", $"{ServerAccount}:", Folder, TemporaryTables], BackupErrorKind.DatabaseRestoreFailed, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task AwaitAnswerAsync(CancellationToken cancellationToken)
    {
        long begun = _time.GetTimestamp();
        while (true)
        {
            try
            {
                MySqlSession session = await Endpoint.OpenAsync(cancellationToken).ConfigureAwait(false);
                await session.DisposeAsync().ConfigureAwait(false);
                return;
            }
            catch (BackupException failure)
                when (!_program!.HasExited && _time.GetElapsedTime(begun) < s_startLimit
                    && failure.Kind is BackupErrorKind.DatabaseUnreachable or BackupErrorKind.DatabaseAccessDenied)
            {
                // It opens its port before it has read the file with the account.
                await Task.Delay(200, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException failure)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseRestoreFailed,
                    $"The server of the restored databases in '{Folder}' does not come up{_program!.Said}{ReadLog()}",
                    $"See {Path.Combine(Folder, "server.log")}. The user {ServerAccount} must be able to reach the folder, and the "
                    + "server's version must fit the backup's.",
                    failure)
                {
                    Subject = Folder,
                };
            }
        }
    }

    private string ReadLog()
    {
        string path = Path.Combine(Folder, "server.log");
        return File.Exists(path)
            ? ": " + string.Join(" / ", File.ReadLines(path).Where(static line => line.Contains("[ERROR]", StringComparison.Ordinal)).Take(3))
            : ".";
    }

    private async Task DropAccountAsync(bool stops, CancellationToken cancellationToken)
    {
        MySqlSession session = await Endpoint.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await session.ExecuteAsync($"DROP USER '{_account}'@'127.0.0.1'", cancellationToken).ConfigureAwait(false);
            if (stops)
            {
                await session.ExecuteAsync("SHUTDOWN", cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
