using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>The files that a server needs for its private time: rules that let its own user in, through a socket that nobody
/// else can reach, as any role.</summary>
internal static class PrivateFiles
{
    /// <summary>The rules of login.</summary>
    public const string Hba = "hba.conf";

    /// <summary>The map of users.</summary>
    public const string Ident = "ident.conf";

    /// <summary>The number in the socket's name.</summary>
    public const int Port = 5432;

    /// <summary>Writes them.</summary>
    public static async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Join(folder, Hba), "local all all trust\n", Encoding.ASCII, cancellationToken)
            .ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Join(folder, Ident), string.Empty, Encoding.ASCII, cancellationToken)
            .ConfigureAwait(false);
    }
}
