using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>The server's own client, which runs the statements of dumps and logs.</summary>
internal static class MySqlClient
{
    /// <summary>Runs statements; the first that fails ends it, unless it is to go on.</summary>
    /// <param name="tools">Finds the client.</param>
    /// <param name="server">The server.</param>
    /// <param name="isMariaDb">Which server it is.</param>
    /// <param name="what">What is run, for the error.</param>
    /// <param name="write">Writes the statements.</param>
    /// <param name="goesOn">True to go on with the next statement where one fails.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What the client complained about.</returns>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>: a statement failed.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(
        MySqlTools tools,
        MySqlServer server,
        bool isMariaDb,
        string what,
        Func<Stream, Task> write,
        bool goesOn,
        CancellationToken cancellationToken)
    {
        using PrivateFolder folder = new();
        ExternalProgram client = ExternalProgram.Start(
            tools.Client,
            [
                MySqlOptionFile.Write(folder, server.Settings, isMariaDb), "--batch", "--binary-mode", "--max-allowed-packet=1G",

                // Or comments are taken out of routines.
                "--comments", "--default-character-set=utf8mb4", .. goesOn ? (string[])["--force"] : [],
            ]);
        await using (client.ConfigureAwait(false))
        {
            bool hasBroken = false;
            try
            {
                await write(client.Input).ConfigureAwait(false);
                await client.Input.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException) when (!cancellationToken.IsCancellationRequested)
            {
                // It reads no more: it has met a statement that failed, and says so.
                hasBroken = true;
            }

            int code = await client.WaitAsync(cancellationToken).ConfigureAwait(false);
            return hasBroken || (code != 0 && !goesOn)
                ? throw MySqlErrors.Translate(
                    client, server.Address, $"failed to load {what} (exit code {code})", BackupErrorKind.DatabaseRestoreFailed)
                : client.Complaints;
        }
    }
}
