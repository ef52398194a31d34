using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BackupModule.Tests.Catalog;

public sealed class CatalogConcurrencyTests
{
    private const int Writers = 4;
    private const int Shares = 10;
    private const string FileVariable = "BACKUPMODULE_TEST_CATALOG";
    private const string WriterVariable = "BACKUPMODULE_TEST_WRITER";

    [Fact]
    public async Task Threads_that_add_at_once_all_succeed_from_the_first_call_on()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "home", "catalog.db");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => AddShareAsync(path, $"{writer}"))));

        Assert.Equal(Writers * Shares, await CountAsync(path));
    }

    [Fact]
    public async Task Processes_that_add_at_once_all_succeed_from_the_first_call_on()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "home", "catalog.db");

        int[] exitCodes = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => RunWriterAsync(path, writer)));

        Assert.All(exitCodes, code => Assert.Equal(0, code));
        Assert.Equal(Writers * Shares, await CountAsync(path));
    }

    /// <summary>What each process of the test above runs; not a test of its own.</summary>
    [Fact(Explicit = true)]
    public async Task A_process_adds_its_share()
    {
        string path = Environment.GetEnvironmentVariable(FileVariable)!;
        await AddShareAsync(path, Environment.GetEnvironmentVariable(WriterVariable)!);
    }

    [Fact]
    public async Task One_name_added_at_once_is_registered_by_one_of_them()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "catalog.db");

        BackupException?[] failures = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            RegisteredRepository repository = Registrations.Make("main");
            return await Record.ExceptionAsync(() =>
                new SqliteCatalog(path).AddRepositoryAsync(repository, CancellationToken.None)) as BackupException;
        })));

        Assert.Single(failures, failure => failure is null);
        Assert.Equal(Writers - 1, failures.Count(failure => failure?.Kind == BackupErrorKind.RepositoryExists));
    }

    [Fact]
    public async Task A_catalog_that_stays_locked_is_a_failure_that_may_pass()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "catalog.db");
        SqliteCatalog catalog = new(path);
        await catalog.AddRepositoryAsync(Registrations.Make("main"), CancellationToken.None);
        using SqliteConnection other = new($"Data Source={path};Pooling=False");
        other.Open();
        using SqliteTransaction transaction = other.BeginTransaction(deferred: false);

        BackupException failure = await Assert.ThrowsAsync<BackupException>(
            () => catalog.AddRepositoryAsync(Registrations.Make("second"), CancellationToken.None));

        Assert.Equal(BackupErrorKind.CatalogUnavailable, failure.Kind);
        Assert.True(failure.IsTransient);
        Assert.Single(await catalog.ListRepositoriesAsync(CancellationToken.None));
    }

    private static async Task AddShareAsync(string path, string writer)
    {
        for (int i = 0; i < Shares; i++)
        {
            await new SqliteCatalog(path).AddRepositoryAsync(Registrations.Make($"{writer}-{i}"), CancellationToken.None);
        }
    }

    private static async Task<int> CountAsync(string path) =>
        (await new SqliteCatalog(path).ListRepositoriesAsync(CancellationToken.None)).Count;

    private static async Task<int> RunWriterAsync(string path, int writer)
    {
        string method = $"{typeof(CatalogConcurrencyTests).FullName}.{nameof(A_process_adds_its_share)}";
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CatalogConcurrencyTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        foreach (string argument in new[] { "-method", method, "-explicit", "only" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FileVariable] = path;
        start.Environment[WriterVariable] = $"{writer}";
        using Process process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
