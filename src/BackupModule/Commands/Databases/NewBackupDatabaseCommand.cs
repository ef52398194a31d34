using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Cmdlets;
using BackupModule.Core.Databases;

namespace BackupModule.Commands.Databases;

/// <summary>Describes a database source for a policy. Changes nothing and connects to nobody.</summary>
[Cmdlet(VerbsCommon.New, "BackupDatabase")]
[OutputType(typeof(DatabaseDefinition))]
public sealed class NewBackupDatabaseCommand : AsyncCommand
{
    /// <summary>The source's name within the policy, and that of its folder in backups.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>The server's kind.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public DatabaseEngine Engine { get; set; }

    /// <summary>Where the server is and who asks, without a password.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>Where the password is found: <c>env:NAME</c>, <c>file:PATH</c>, <c>command:PROGRAM ARGS</c> or
    /// <c>vault:VAULT/NAME</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Password { get; set; }

    /// <summary>How it is backed up; physically if not given, of MySQL and MariaDB logically.</summary>
    [Parameter]
    public DatabaseMode? Mode { get; set; }

    /// <summary>Of a logical backup, the databases of the server; all if not given.</summary>
    [Parameter]
    public string[] Database { get; set; } = [];

    /// <summary>The folder of the server's programs; looked for if not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolFolder { get; set; }

    /// <summary>Of SQL Server, the folder that the server and this machine both see, or a bucket that both reach, as
    /// <c>s3://host:9000/bucket/prefix</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExchangePath { get; set; }

    /// <summary>Of SQL Server, how long differential backups are made after a full one, e.g. <c>7d</c>; full ones alone if not
    /// given.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan? FullEvery { get; set; }

    /// <summary>A query that gives the paths of uploaded files, to be compared with the files of each backup.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UploadQuery { get; set; }

    /// <summary>The folder that relative paths of the query are in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UploadRoot { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        DatabaseDefinition database = new()
        {
            Name = Name,
            Engine = Engine,
            Mode = Mode ?? DatabaseRules.DefaultMode(Engine),
            ConnectionString = ConnectionString,
            PasswordReference = ReadPassword(),
            Databases = Database,
            ToolFolder = await ResolveAsync(ToolFolder).ConfigureAwait(false),
            ExchangePath = ExchangePath,
            FullEvery = FullEvery,
            UploadQuery = UploadQuery,
            UploadRoot = await ResolveAsync(UploadRoot).ConfigureAwait(false),
        };
        if (Engine == DatabaseEngine.SQLite
            && DatabaseRules.FileOf(database) is { Length: > 0 } file
            && !file.Contains(':', StringComparison.Ordinal))
        {
            database = DatabaseRules.WithFile(database, (await ResolveAsync(file).ConfigureAwait(false))!);
        }

        DatabaseRules.Validate(database);
        await Pipeline.WriteAsync(database).ConfigureAwait(false);
    }

    private string? ReadPassword() => PasswordArgument.Read(Password)?.Reference!.Text;

    private async Task<string?> ResolveAsync(string? path) => path is null
        ? null
        : await Pipeline.InvokeAsync(() => FilePaths.Resolve(this, path)).ConfigureAwait(false);
}
