using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Encryption.Keys;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>What is found out before the first backup.</summary>
public sealed class SqlServerTestTests : IAsyncLifetime
{
    private readonly SqlServerWorld _world = new();

    private MadeSqlServer Server => _world.Server;

    public ValueTask InitializeAsync()
    {
        Server.Add("shop");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Nothing_is_said_where_all_is_well_and_nothing_is_left()
    {
        Assert.Empty(await _world.TestAsync());
        Assert.Empty(_world.ExchangeFiles);
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it()
    {
        using Secret wrong = new("wr0ng-secret");

        DatabaseFinding finding = Assert.Single(await _world.Engine.TestAsync(
            _world.Access with { Password = wrong }, default));

        Assert.True(finding.IsError);
        Assert.Equal("Login", finding.Check);
        Assert.Contains("(18456)", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", finding.Message + finding.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        await Server.DisposeAsync();

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());

        Assert.Equal("Connection", finding.Check);
        Assert.Contains("host and port", finding.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_explained()
    {
        await using SqlServerWorld world = new(isEncrypted: true);

        DatabaseFinding finding = Assert.Single(await world.TestAsync());

        Assert.Equal("Connection", finding.Check);
        Assert.StartsWith("The server cannot be trusted while connecting", finding.Message, StringComparison.Ordinal);
        Assert.Contains("TrustServerCertificate=true accepts any server", finding.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_is_encrypted_where_the_server_is_trusted()
    {
        await using SqlServerWorld world = new(isEncrypted: true);
        world.Server.Add("shop");
        world.Definition = world.Definition with
        {
            ConnectionString = world.Definition.ConnectionString + ";TrustServerCertificate=true",
        };

        Assert.Empty(await world.TestAsync());
        Assert.NotEmpty((await world.BackUpAsync()).Facts.SqlServer!.Databases);
    }

    [Fact]
    public async Task Everything_that_is_missing_is_told_with_the_statement_that_gives_it()
    {
        Server.MayCreateDatabases = false;
        Server.Databases["shop"].MayBackUp = false;
        Server.Databases["shop"].IsEncrypted = true;
        Server.Add("small").RecoveryModel = "SIMPLE";
        Server.Add("gone").State = "OFFLINE";
        Server.History.Add(["shop", "L", "D:\\other.trn", Server.Now.DateTime]);
        Server.Folder = "/nowhere";

        IReadOnlyList<DatabaseFinding> findings = await _world.TestAsync();

        (bool IsError, string Check, string Guidance)[] expected =
        [
            (true, "Privilege", "ALTER SERVER ROLE dbcreator ADD MEMBER [backup];"),
            (true, "Setting", "Bring it online"),
            (true, "Privilege", "USE [shop]; CREATE USER [backup] FOR LOGIN [backup]; ALTER ROLE db_backupoperator"),
            (false, "Privilege", "USE [shop];"),
            (false, "Setting", "Keep the certificate"),
            (false, "Setting", "ALTER DATABASE [small] SET RECOVERY FULL;"),
            (false, "Setting", "Let one of the two take the log"),
            (false, "Storage", "Mount one folder"),
        ];
        Assert.Equal(expected.Length, findings.Count);
        Assert.All(expected, wanted => Assert.Single(findings, finding => finding.IsError == wanted.IsError
            && finding.Check == wanted.Check
            && finding.Guidance!.StartsWith(wanted.Guidance, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "no exchange folder")]
    [InlineData("/nowhere/at/all", "cannot write in the exchange folder")]
    [InlineData("s3://host:9000", "names no host and bucket")]
    public async Task A_folder_that_cannot_be_used_is_told(string? path, string message)
    {
        _world.Definition = _world.Definition with { ExchangePath = path };

        DatabaseFinding finding = Assert.Single(await _world.TestAsync());

        Assert.Equal("Storage", finding.Check);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_on_no_server_is_told()
    {
        _world.Definition = _world.Definition with { Databases = ["shop", "nothing"] };

        Assert.Contains("'nothing'", Assert.Single(await _world.TestAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_may_not_be_read_keeps_nothing_from_being_done()
    {
        Server.Fault = static sql => sql.Contains("msdb", StringComparison.Ordinal)
            ? (229, 14, "The SELECT permission was denied.")
            : null;

        Assert.Empty(await _world.TestAsync());
    }

    [Fact]
    public async Task Dumps_and_strings_that_cannot_be_read_are_told()
    {
        DatabaseDefinition definition = _world.Definition;
        _world.Definition = definition with { Mode = DatabaseMode.Logical };
        Assert.Contains("Physical", Assert.Single(await _world.TestAsync()).Guidance, StringComparison.Ordinal);

        _world.Definition = definition with { ConnectionString = "Nonsense=1" };
        Assert.Contains(await _world.TestAsync(), static finding =>
            finding.Message.StartsWith("The connection string of 'main' cannot be read", StringComparison.Ordinal));
    }
}
